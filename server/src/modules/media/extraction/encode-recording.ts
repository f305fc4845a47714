import { utimes } from 'node:fs/promises';
import path from 'node:path';
import { RunLost } from '../../../kernel/jobs/run-beat.ts';
import type { MediaInfo, MediaTools } from '../../../kernel/media/tools.ts';
import type { CommittedFile, Scratch, Storage } from '../../../kernel/storage/storage.ts';
import { type NewAnalysis, saveAnalysis } from '../analysis/analysis-repo.ts';
import { type Chapter, settleChapters } from '../analysis/chapters.ts';
import {
  keepMeasured,
  type MeasuredSound,
  measureSound,
  readSoundLabels,
} from '../analysis/measure-sound.ts';
import { recordingReady } from '../events.ts';
import { newFileKey } from '../keeping/file-keys.ts';
import { assertRoom, takeRoom } from '../keeping/quota.ts';
import { removeUnlessShown } from '../keeping/remove-files.ts';
import type { Recording } from '../recording.ts';
import { bitrateOf, extensionOf, type Rendition } from '../renditions/rendition.ts';
import { completeRendition, listRenditions, type RenditionFile } from '../renditions/rendition-repo.ts';
import { requestFingerprint } from '../similar/fingerprint-recording.ts';
import { type ExtractionRun, tell } from './extract-recording.ts';
import { saveReady } from './extraction-repo.ts';
import { toMediaInfo } from './probed-facts.ts';
import { saveChapters } from './source-repo.ts';

/** Encoding is most of the work; the analysis runs beside it. */
const ENCODE_SHARE = 0.85;
/** CD quality, for wav and flac, whose size no bit rate tells. */
const LOSSLESS_KBPS = 1536;

/** Makes the planned renditions and measures the sound, then shows all of it in one transaction. */
export async function encodeRecording(run: ExtractionRun, recording: Recording): Promise<Recording> {
  const { context, key } = run;
  const { storage, db } = context.kernel;
  const source = toMediaInfo(recording);
  // A row of an older version that lacks a fact: one stage back finds it.
  if (source === null) return { ...recording, stage: 'probe' };
  const planned = (await listRenditions(db.kysely, key.organisationId, [key.recordingId])).filter(
    (rendition) => rendition.isPlanned && rendition.status !== 'completed',
  );
  run.note('encode');
  const expectedBytes = estimateBytes(planned, source.durationMs);
  await assertRoom(context.kernel.db.kysely, key.organisationId, expectedBytes);
  const scratch = await storage.scratch({ expectedBytes });
  const stored: string[] = [];
  try {
    const made = await makeFiles(run, recording, source, planned, scratch);
    const files = await storeFiles(run, planned, made, stored);
    await showReady(run, files);
    return { ...recording, stage: 'done', status: 'ready' };
  } catch (error) {
    await removeUnlessShown(run.context, stored);
    throw error;
  } finally {
    await scratch.remove();
  }
}

interface MadeFiles {
  encoded: Awaited<ReturnType<MediaTools['encode']>>;
  measured: MeasuredSound;
}

async function makeFiles(
  run: ExtractionRun,
  recording: Recording,
  source: MediaInfo,
  planned: readonly Rendition[],
  scratch: Scratch,
): Promise<MadeFiles> {
  const { media } = run.context.kernel;
  const inputPath = await scratch.bring(recording.originalKey ?? '', run.signal);
  const other = new AbortController();
  const signal = AbortSignal.any([run.signal, other.signal]);
  const share = shareProgress(run);
  const sound = { inputPath, source, folder: scratch.path, onProgress: share.measure, signal };
  const labels = await readSoundLabels(media, sound);
  const encoding = media.encode({
    inputPath,
    source,
    outputs: planned.map((rendition) => ({
      path: path.join(scratch.path, rendition.filename),
      format: rendition.format,
      bitrateKbps: bitrateOf(rendition.quality),
    })),
    title: recording.title,
    tags: labels.tags,
    ...(labels.hasCover ? { coverPath: labels.coverPath } : {}),
    onProgress: share.encode,
    signal,
  });
  const measuring = measureSound(media, sound, labels);
  // When one fails the other ends too, and is waited for: its folder is about to go.
  const endOther = (error: unknown) => {
    other.abort(error);
    throw error;
  };
  const [encoded, measured] = await Promise.allSettled([encoding.catch(endOther), measuring.catch(endOther)]);
  if (other.signal.aborted) throw other.signal.reason;
  if (encoded.status === 'rejected') throw encoded.reason;
  if (measured.status === 'rejected') throw measured.reason;
  return { encoded: encoded.value, measured: measured.value };
}

function shareProgress(run: ExtractionRun) {
  let encode = 0;
  let measure = 0;
  const report = () => run.report('encode', encode * ENCODE_SHARE + measure * (1 - ENCODE_SHARE));
  return {
    encode: (fraction: number) => {
      encode = fraction;
      report();
    },
    measure: (fraction: number) => {
      measure = fraction;
      report();
    },
  };
}

interface StoredFiles {
  chapters: Chapter[];
  renditions: { id: string; file: RenditionFile }[];
  waveform: CommittedFile;
  analysis: NewAnalysis;
}

/** Moves everything into the storage under names that nobody knows yet; `stored` lists them as they come. */
async function storeFiles(
  run: ExtractionRun,
  planned: readonly Rendition[],
  made: MadeFiles,
  stored: string[],
): Promise<StoredFiles> {
  const { storage } = run.context.kernel;
  const { organisationId, recordingId } = run.key;
  const keep = (from: string, name: string) =>
    adoptListed(storage, from, newFileKey(organisationId, recordingId, name), stored);
  const renditions: StoredFiles['renditions'] = [];
  for (const [index, rendition] of planned.entries()) {
    const encoded = made.encoded[index];
    if (!encoded) throw new Error('the encoder answered fewer files than were asked for');
    const { key, sizeBytes, sha256 } = await keep(
      encoded.path,
      `${rendition.quality}.${extensionOf(rendition.format)}`,
    );
    const { mimeType, durationMs } = encoded;
    renditions.push({
      id: rendition.id,
      file: { fileKey: key, sizeBytes, sha256, mimeType, durationMs: Math.round(durationMs) },
    });
  }
  const { chapters, sound } = made.measured;
  return {
    chapters: settleChapters(chapters, Math.round(sound.durationMs)),
    renditions,
    waveform: await keep(made.measured.waveformPath, 'waveform.dat'),
    analysis: await keepMeasured(made.measured, keep),
  };
}

async function adoptListed(
  storage: Storage,
  from: string,
  key: string,
  stored: string[],
): Promise<CommittedFile> {
  stored.push(key);
  // The sweep goes by age, and the waveform may be hours older than the sound beside it.
  const now = new Date();
  await utimes(from, now, now);
  return storage.adopt(from, key);
}

/** Readers see all or nothing of it; the event is a row of the same transaction. */
async function showReady(run: ExtractionRun, files: StoredFiles): Promise<void> {
  const { context, key } = run;
  const { organisationId, recordingId } = key;
  const { kernel } = context;
  run.signal.throwIfAborted();
  const addedBytes = files.renditions.reduce((sum, { file }) => sum + file.sizeBytes, 0);
  await kernel.db.transaction(async (tx) => {
    const { waveform, analysis } = files;
    await takeRoom(tx, organisationId, addedBytes);
    const durationMs = Math.round(analysis.sound.durationMs);
    const isOurs = await saveReady(tx, key, {
      durationMs,
      waveformKey: waveform.key,
      waveformSha256: waveform.sha256,
    });
    if (!isOurs) throw new RunLost();
    await saveAnalysis(tx, organisationId, recordingId, analysis, { unlessThere: false });
    const ofFile = { source: 'file', unlessThere: true } as const;
    await saveChapters(tx, organisationId, recordingId, files.chapters, ofFile);
    for (const { id, file } of files.renditions) await completeRendition(tx, organisationId, id, file);
    await requestFingerprint(tx, context, { organisationId, recordingId });
    await kernel.cache.changed(tx, organisationId);
    await kernel.events.emit(tx, recordingReady, { organisationId, recordingId, durationMs });
    await tell(tx, context, { organisationId, id: recordingId }, 'ready', 100, null);
  });
}

function estimateBytes(planned: readonly Rendition[], durationMs: number): number {
  const kbps = planned.reduce((sum, { quality }) => sum + (bitrateOf(quality) || LOSSLESS_KBPS), 0);
  return Math.ceil((kbps * durationMs) / 8);
}
