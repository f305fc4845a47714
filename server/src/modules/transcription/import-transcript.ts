import type { Tx } from '../../kernel/db/db.ts';
import { newId } from '../../kernel/id.ts';
import { LANGUAGE_TAG, LONGEST_LANGUAGE_TAG } from '../../kernel/language-tag.ts';
import type { Recording } from '../media/public.ts';
import { insertChunks, type KeptSegment, saveChunk } from './chunk-repo.ts';
import { badTranscript, recordingNotFound } from './errors.ts';
import { completeTranscription } from './finish-transcription.ts';
import type { TranscriptFile } from './formats/transcript-file.ts';
import { keepSegments } from './keep-segments.ts';
import { type Asker, languageOf, projectOf } from './request-transcription.ts';
import { claimTranscription, type RunKey, savePrepared } from './run-repo.ts';
import type { Transcription } from './transcription.ts';
import type { TranscriptionContext } from './transcription-context.ts';
import { insertTranscription, lockRecordingWork } from './transcription-repo.ts';

/** A file may speak a little longer than its recording: encoders pad, and people round up. */
const OVERHANG_MS = 10_000;

/** Somebody's file becomes the recording's transcript; those before it stay. */
export async function importTranscript(
  context: TranscriptionContext,
  asker: Asker,
  recordingId: string,
  file: TranscriptFile,
  language?: string,
): Promise<Transcription> {
  const { organisationId } = asker;
  return context.kernel.db.transaction(async (tx) => {
    await lockRecordingWork(tx, organisationId, recordingId);
    const recording = await context.media.getRecording(tx, organisationId, recordingId);
    if (!recording) throw recordingNotFound();
    return addImported(tx, context, asker, recording, { file, language });
  });
}

/** The same in the caller's transaction, which has locked the recording's work. */
export async function addImported(
  tx: Tx,
  context: TranscriptionContext,
  asker: Asker,
  recording: Recording,
  { file, language }: { file: TranscriptFile; language?: string | undefined },
): Promise<Transcription> {
  const { organisationId, personId } = asker;
  const { segments, durationMs } = fitInto(file, recording.durationMs);
  const stated = file.language !== null && LANGUAGE_TAG.test(file.language) ? file.language : undefined;
  const added = await insertTranscription(tx, organisationId, {
    id: newId(),
    projectId: await projectOf(tx, context, organisationId, undefined),
    recordingId: recording.id,
    source: 'import',
    status: 'processing',
    priority: 'normal',
    language: languageOf(context, recording, { language: language ?? stated }).slice(0, LONGEST_LANGUAGE_TAG),
    model: null,
    initialPrompt: null,
    useVad: false,
    createdBy: personId,
  });
  const key: RunKey = { organisationId, transcriptionId: added.id, runId: newId() };
  await saveAll(tx, key, segments, durationMs);
  return completeTranscription(tx, context, key);
}

/** The stages of an engine's work, all in one transaction. */
async function saveAll(
  tx: Tx,
  key: RunKey,
  segments: readonly KeptSegment[],
  durationMs: number,
): Promise<void> {
  const { organisationId, transcriptionId } = key;
  const isOurs =
    (await claimTranscription(tx, key, { jobId: null, worker: null })) !== null &&
    (await savePrepared(tx, key, { engine: null, durationMs }));
  if (!isOurs) throw new Error('a row of this very transaction is not there');
  await insertChunks(tx, organisationId, transcriptionId, [{ startMs: 0, endMs: durationMs }]);
  await saveChunk(tx, organisationId, transcriptionId, 0, segments);
}

/** Refuses the file of another recording; what hangs over a little is cut. */
function fitInto(
  file: TranscriptFile,
  knownMs: number | null,
): { segments: KeptSegment[]; durationMs: number } {
  const endMs = file.segments.reduce((end, segment) => Math.max(end, segment.endMs, segment.startMs), 0);
  const durationMs = knownMs ?? endMs;
  const lastMs = file.segments.reduce((last, { startMs }) => Math.max(last, startMs), 0);
  if (lastMs > durationMs + OVERHANG_MS) {
    throw badTranscript(
      `The file speaks until ${clockTime(lastMs)}, and the recording ends at ${clockTime(durationMs)}: it belongs to another one.`,
    );
  }
  const segments = keepSegments(file.segments, { shiftMs: 0, fromMs: 0, toMs: durationMs });
  if (segments.length === 0) throw badTranscript('There is no text in this file.');
  return { segments, durationMs };
}

/** h:mm:ss */
function clockTime(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
