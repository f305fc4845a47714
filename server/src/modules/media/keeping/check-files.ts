import { createHash } from 'node:crypto';
import { openReader } from '../../../kernel/storage/file-reader.ts';
import type { MediaContext } from '../media-context.ts';
import { type FileKind, listNamedFilesAcrossOrganisations, type NamedFile } from './check-repo.ts';
import { KEY_PREFIX } from './file-keys.ts';
import { referencedKeysAcrossOrganisations } from './file-repo.ts';
import { repairFile } from './repair-file.ts';

/** What is wrong with one file. */
export interface FileFault {
  fault: 'missing' | 'size' | 'content' | 'unnamed';
  key: string;
  /** Null for a file that no row names. */
  file: NamedFile | null;
  /** What was found, in a few words. */
  found: string;
  /** Asked for again, and made by a worker. */
  isRepaired: boolean;
}

/** Where a check stands; the ids of recordings grow, so that one id says what was looked at. */
export interface CheckPosition {
  afterId: string;
  recordings: number;
  files: number;
  bytes: number;
  faults: number;
}

/** What to do, and whom to tell. */
export interface CheckOptions {
  /** Presence and sizes, not contents; from a bucket also the hash that is kept beside the bytes. */
  quick: boolean;
  /** Have made again what can be made from the original. */
  repair: boolean;
  from: CheckPosition;
  onFault: (fault: FileFault) => void;
  onPosition: (position: CheckPosition) => void;
  signal: AbortSignal;
}

export const CHECK_BEGINNING: CheckPosition = {
  afterId: '00000000-0000-0000-0000-000000000000',
  recordings: 0,
  files: 0,
  bytes: 0,
  faults: 0,
};

const RECORDINGS_AT_ONCE = 50;
const UNNAMED_AT_ONCE = 500;
const BLOCK_BYTES = 1024 * 1024;
/** Younger ones may belong to work under way. */
const HOUR_MS = 3_600_000;

/**
 * Compares rows with files, beside a running station and in bounded memory: first every file that a row names, then every
 * file that is there. What changed while it was looked at is looked at again before it is told.
 */
export async function checkFiles(context: MediaContext, options: CheckOptions): Promise<CheckPosition> {
  const position = { ...options.from };
  const { kysely } = context.kernel.db;
  for (;;) {
    const { files, lastId } = await listNamedFilesAcrossOrganisations(
      kysely,
      position.afterId,
      RECORDINGS_AT_ONCE,
    );
    if (lastId === null) break;
    for (const [recordingId, own] of Map.groupBy(files, (file) => file.recordingId)) {
      options.signal.throwIfAborted();
      await checkRecording(context, options, own, position);
      position.recordings++;
      position.afterId = recordingId;
      options.onPosition(position);
    }
    position.afterId = lastId;
  }
  await checkUnnamed(context, options, position);
  options.onPosition(position);
  return position;
}

async function checkRecording(
  context: MediaContext,
  options: CheckOptions,
  files: readonly NamedFile[],
  position: CheckPosition,
): Promise<void> {
  let isOriginalWhole = false;
  for (const file of files) {
    const found = await lookAt(context, file, options);
    position.files++;
    position.bytes += file.sizeBytes ?? 0;
    if (found === null) {
      if (file.kind === 'original') isOriginalWhole = true;
      continue;
    }
    const stillNamed = await referencedKeysAcrossOrganisations(context.kernel.db.kysely, [file.key]);
    if (!stillNamed.has(file.key)) continue;
    position.faults++;
    const isRepaired = options.repair && isOriginalWhole && (await repairFile(context, file));
    options.onFault({ ...found, key: file.key, file, isRepaired });
  }
}

type Finding = Pick<FileFault, 'fault' | 'found'>;

async function lookAt(
  { kernel: { storage } }: MediaContext,
  { key, sizeBytes, sha256 }: NamedFile,
  { quick, signal }: CheckOptions,
): Promise<Finding | null> {
  const stored = await storage.stat(key);
  if (stored === null) return { fault: 'missing', found: 'it is not there' };
  if (sizeBytes !== null && stored.sizeBytes !== sizeBytes)
    return { fault: 'size', found: `${stored.sizeBytes} bytes instead of ${sizeBytes}` };
  if (sha256 === null) return null;
  const kept = quick ? stored.sha256 : await hashOf(await storage.place(key), signal);
  if (kept === undefined || kept === sha256) return null;
  return {
    fault: 'content',
    found: `its SHA-256 is ${kept.slice(0, 12)}… instead of ${sha256.slice(0, 12)}…`,
  };
}

async function hashOf(place: Parameters<typeof openReader>[0], signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const reader = await openReader(place);
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  try {
    for (let position = 0; ; ) {
      signal.throwIfAborted();
      const { bytesRead } = await reader.read(block, 0, BLOCK_BYTES, position);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(block.subarray(0, bytesRead));
      position += bytesRead;
    }
  } finally {
    await reader.close();
  }
}

async function checkUnnamed(
  context: MediaContext,
  options: CheckOptions,
  position: CheckPosition,
): Promise<void> {
  const { storage, db } = context.kernel;
  const youngest = Date.now() - HOUR_MS;
  let batch = new Map<string, number>();
  const look = async () => {
    const named = await referencedKeysAcrossOrganisations(db.kysely, [...batch.keys()]);
    for (const [key, sizeBytes] of batch) {
      if (named.has(key)) continue;
      position.faults++;
      const found = `${sizeBytes} bytes that belong to nothing`;
      options.onFault({ fault: 'unnamed', key, file: null, found, isRepaired: false });
    }
    batch = new Map();
  };
  for await (const { key, sizeBytes, modifiedAt } of storage.list(KEY_PREFIX)) {
    options.signal.throwIfAborted();
    if (modifiedAt.getTime() > youngest) continue;
    batch.set(key, sizeBytes);
    if (batch.size === UNNAMED_AT_ONCE) await look();
  }
  await look();
}

const ADVICE: Record<FileKind, string> = {
  original: 'bring it back from a back-up, or upload or import the recording again',
  rendition: 'run check --repair, which has it made again from the original',
  analysis: 'run check --repair, which has the sound measured again',
  spectrogram: 'run check --repair, which has the sound measured again',
  cover: 'run check --repair, which has the sound measured again',
  waveform: 'bring it back from a back-up; the sound plays without it',
};

/** What a person can do about a fault. */
export function adviceOn({ fault, file, isRepaired }: FileFault): string {
  if (isRepaired) return 'it is being made again';
  if (fault === 'unnamed' || file === null) return 'a worker removes it within the hour';
  return ADVICE[file.kind];
}
