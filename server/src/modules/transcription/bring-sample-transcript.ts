import { readFile } from 'node:fs/promises';
import { seedTranscriptPath } from '../archive/public.ts';
import { addImported } from './import-transcript.ts';
import { understand } from './read-import-form.ts';
import type { TranscriptionContext } from './transcription-context.ts';
import { lockRecordingWork, transcriptionsOf } from './transcription-repo.ts';

/** The text of a recording of the seed. Told twice, or where somebody has brought a text, it changes nothing. */
export async function bringSampleTranscript(
  context: TranscriptionContext,
  told: { organisationId: string; recordingId: string; transcript: string; language: string },
): Promise<void> {
  const { organisationId, recordingId, transcript, language } = told;
  const file = understand(await readFile(seedTranscriptPath(transcript)), { filename: transcript });
  await context.kernel.db.transaction(async (tx) => {
    await lockRecordingWork(tx, organisationId, recordingId);
    const recording = await context.media.getRecording(tx, organisationId, recordingId);
    if (!recording) return;
    const there = await transcriptionsOf(tx, organisationId, recordingId);
    if (there.some(({ source }) => source === 'import')) return;
    await addImported(tx, context, { organisationId, personId: null }, recording, { file, language });
  });
}
