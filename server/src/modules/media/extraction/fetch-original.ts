import { RunLost } from '../../../kernel/jobs/run-beat.ts';
import { LANGUAGE_TAG } from '../../../kernel/language-tag.ts';
import type { CommittedFile } from '../../../kernel/storage/storage.ts';
import { settleChapters } from '../analysis/chapters.ts';
import { newFileKey } from '../keeping/file-keys.ts';
import { assertRoom, type QuotaRoom, refuseBeyond, takeRoom } from '../keeping/quota.ts';
import { removeUnlessShown } from '../keeping/remove-files.ts';
import { cleanFilename, titleFromText } from '../names.ts';
import type { Recording } from '../recording.ts';
import { type Companions, fetchCompanions } from '../sources/fetch-companions.ts';
import { fetchSegments } from '../sources/fetch-segments.ts';
import type { Found } from '../sources/found.ts';
import { joinSegments } from '../sources/join-segments.ts';
import { type Resolved, resolveSource } from '../sources/resolve-source.ts';
import type { ExtractionRun } from './extract-recording.ts';
import { saveOriginal } from './extraction-repo.ts';
import { fetchBySite, mayKnowSite } from './fetch-by-site.ts';
import { fetchingFolder, forgetFetching } from './fetching-folder.ts';
import { titleOfAddress } from './request-extraction.ts';
import { saveCaptions, saveChapters, saveFound } from './source-repo.ts';
import { assertOwnAddressFree, takeSource } from './source-twin.ts';

/** A file in the storage that no row names yet, and what was learnt on the way to it. */
export interface FetchedSound {
  file: CommittedFile;
  filename: string | null;
  found: Found;
}

/** Finds the sound behind the address, brings it into the storage, and saves it as the recording's original. */
export async function fetchOriginal(run: ExtractionRun, recording: Recording): Promise<Recording> {
  const { context, key, signal } = run;
  const fetched = await fetchSound(run, recording);
  try {
    run.note('captions');
    const companions = await fetchCompanions(context.fetch, fetched.found, {
      signal,
      onMissing: (err) => context.log.info({ err, recordingId: key.recordingId }, 'captions were left out'),
    });
    await keep(run, recording, fetched, companions);
  } catch (error) {
    await removeUnlessShown(context, [fetched.file.key]);
    throw error;
  }
  await forgetFetching(context, key.recordingId);
  const { file, filename } = fetched;
  const original = { originalKey: file.key, filename, sizeBytes: file.sizeBytes, sha256: file.sha256 };
  return { ...recording, ...original, stage: 'probe' };
}

/** By ourselves, and through yt-dlp where a page says nothing that we understand. */
async function fetchSound(run: ExtractionRun, recording: Recording): Promise<FetchedSound> {
  const { context, key, signal } = run;
  const { kernel, fetch } = context;
  const room = await assertRoom(kernel.db.kysely, key.organisationId, 0);
  try {
    const resolved = await resolveSource({
      fetch,
      storage: kernel.storage,
      address: recording.sourceUrl ?? '',
      language: recording.language,
      signal,
      onStep: (step) => run.note(step),
      onProgress: (received, total) => {
        if (room) refuseBeyond(room, Math.max(received, total ?? 0));
        run.report('fetch', total ? received / total : 0);
        run.note('download', received, total);
      },
      onSource: (address) => takeSource(context, key, recording, address),
    });
    return await bring(run, resolved, room);
  } catch (error) {
    if (kernel.media.ytdlpPath !== null && mayKnowSite(error)) {
      return await fetchBySite(run, recording, { known: error, maxBytes: await bytesLeft(run, room) });
    }
    throw error;
  }
}

/** What the disk and the organisation's quota leave. */
async function bytesLeft({ context }: ExtractionRun, room: QuotaRoom | null): Promise<number> {
  const free = await context.kernel.storage.freeBytes();
  return room === null ? free : Math.min(free, Math.max(0, room.quotaBytes - room.usedBytes));
}

async function bring(run: ExtractionRun, resolved: Resolved, room: QuotaRoom | null): Promise<FetchedSound> {
  const { kernel } = run.context;
  const target = newFileKey(run.key.organisationId, run.key.recordingId, 'original');
  const { found } = resolved;
  if (resolved.media === 'file') {
    const { draft, suggestedName } = resolved.download;
    try {
      const filename = suggestedName === null ? null : cleanFilename(suggestedName);
      return { file: await draft.commit(target), filename, found };
    } finally {
      await draft.abandon();
    }
  }
  const runs = await fetchSegments({
    fetch: run.context.fetch,
    sound: resolved.sound,
    folder: fetchingFolder(run.context, run.key.recordingId),
    maxBytes: await bytesLeft(run, room),
    signal: run.signal,
    onProgress: (done, total) => {
      run.report('fetch', (done / total) * SEGMENTS_SHARE);
      run.note('segments', done, total);
    },
  });
  run.note('joining');
  const file = await joinSegments({
    media: kernel.media,
    storage: kernel.storage,
    runs,
    durationMs: resolved.sound.durationMs,
    key: target,
    signal: run.signal,
  });
  return { file, filename: null, found };
}

/** The rest of the stage is putting them together. */
const SEGMENTS_SHARE = 0.95;

/** One transaction: the file, what it is, what came along. Throws RunLost, or SourceFault for a twin. */
async function keep(
  run: ExtractionRun,
  recording: Recording,
  { file, filename, found }: FetchedSound,
  companions: Companions,
): Promise<void> {
  const { key, context } = run;
  const { organisationId, recordingId } = key;
  await assertOwnAddressFree(context, key, found.ownAddress);
  await context.kernel.db.transaction(async (tx) => {
    const original = { originalKey: file.key, filename, sizeBytes: file.sizeBytes, sha256: file.sha256 };
    await takeRoom(tx, organisationId, file.sizeBytes);
    if (!(await saveOriginal(tx, key, original))) throw new RunLost();
    const language = found.language !== null && LANGUAGE_TAG.test(found.language) ? found.language : null;
    const title = isTitleOurs(recording) ? titleFromText(found.title ?? '') : null;
    const { ownAddress, kind: foundKind } = found;
    await saveFound(tx, key, { foundKind, title, language, ownAddress });
    const chapters = settleChapters(companions.chapters, null);
    await saveChapters(tx, organisationId, recordingId, chapters, { source: 'source', unlessThere: false });
    await saveCaptions(tx, organisationId, recordingId, companions.captions);
  });
}

/** Nobody gave a title: the one that it has was made of the address. */
function isTitleOurs({ title, sourceUrl }: Recording): boolean {
  return sourceUrl !== null && title === titleOfAddress(new URL(sourceUrl));
}
