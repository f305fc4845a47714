import { RunLost } from '../../kernel/jobs/run-beat.ts';
import { MediaError } from '../../kernel/media/tools.ts';
import { download } from '../../kernel/net/download.ts';
import type { ExtractionRun } from './extract-recording.ts';
import { saveOriginal } from './extraction-repo.ts';
import { newFileKey } from './file-keys.ts';
import { cleanFilename } from './names.ts';
import type { Recording } from './recording.ts';

/** Fetches the address into the storage and saves the file as the recording's original. */
export async function fetchOriginal(run: ExtractionRun, recording: Recording): Promise<Recording> {
  const { context, key, signal } = run;
  const { storage, db } = context.kernel;
  const fetched = await download({
    fetch: context.fetch,
    storage,
    address: recording.sourceUrl ?? '',
    signal,
    // Short hiccups end here; what lasts longer goes back to the queue, which waits longer.
    maxAttempts: 3,
    onProgress: (received, total) => run.report('fetch', total ? received / total : 0),
  });
  try {
    if (fetched.draft.bytesWritten === 0)
      throw new MediaError('broken', 'The address answers with an empty file');
    const file = await fetched.draft.commit(newFileKey(key.organisationId, key.recordingId, 'original'));
    const original = {
      originalKey: file.key,
      filename: fetched.suggestedName === null ? null : cleanFilename(fetched.suggestedName),
      sizeBytes: file.sizeBytes,
      sha256: file.sha256,
    };
    if (await saveOriginal(db.kysely, key, original)) return { ...recording, ...original, stage: 'probe' };
    await storage.remove(file.key);
    throw new RunLost();
  } finally {
    await fetched.draft.abandon();
  }
}
