import type { Actor } from '../../kernel/auth/actor.ts';
import { isId } from '../../kernel/id.ts';
import { readSegments } from './chunk-repo.ts';
import { noTranscript, recordingNotFound } from './errors.ts';
import { presentTranscript } from './present.ts';
import { findTranscript, type TranscriptFacts } from './transcript-repo.ts';
import type { TranscriptionContext } from './transcription-context.ts';

/** The transcript of a recording that the actor may hear, without its segments yet. */
export async function openTranscript(
  { kernel, media }: TranscriptionContext,
  actor: Actor,
  recordingId: string,
): Promise<TranscriptFacts> {
  if (!isId(recordingId)) throw recordingNotFound();
  const { kysely } = kernel.db;
  const recording = await media.getRecording(kysely, actor.organisationId, recordingId);
  if (!recording || !media.mayRead(actor, recording)) throw recordingNotFound();
  const facts = await findTranscript(kysely, actor.organisationId, recordingId);
  if (!facts) throw noTranscript();
  return facts;
}

/** The same with its segments. */
export async function readTranscript(
  { kernel }: TranscriptionContext,
  organisationId: string,
  facts: TranscriptFacts,
) {
  const segments = await readSegments(kernel.db.kysely, organisationId, facts.transcriptionId);
  return presentTranscript(facts, segments);
}
