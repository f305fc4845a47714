import { createDecipheriv, createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { FetchFailed, tooLarge } from '../../../kernel/net/errors.ts';
import type { GuardedFetch } from '../../../kernel/net/guarded-fetch.ts';
import { asStorageError } from '../../../kernel/storage/errors.ts';
import { fetchPiece } from './fetch-piece.ts';
import { countSegments, type Segment, type SegmentedSound, type SegmentKey } from './segmented-sound.ts';

/** A sound in pieces, and where they are kept until all are there. */
export interface SegmentsRequest {
  fetch: GuardedFetch;
  sound: SegmentedSound;
  /** Of the recording: a run that goes on after another's death finds what that one fetched. */
  folder: string;
  maxBytes: number;
  signal: AbortSignal;
  onProgress: (fetched: number, total: number) => void;
  /** Wait after a first failure, doubled each time; default 500 ms. */
  retryDelayMs?: number;
}

/** Pieces at once: hosts of streams expect a player that reads ahead, not a crowd. */
const atOnce = 4;
const mostTries = 4;

/**
 * Fetches what is not there yet; answers the paths of each run's pieces, its header first. Every address goes through
 * the guard, each on its own: pieces and keys may lie on other hosts than the list.
 */
export async function fetchSegments(request: SegmentsRequest): Promise<string[][]> {
  const { sound, signal, onProgress } = request;
  const folder = path.join(request.folder, fingerprint(sound));
  await forgetOthers(request.folder, path.basename(folder));
  await mkdir(folder, { recursive: true, mode: 0o750 });
  const pieces = sound.runs.flatMap(({ init, segments }) => (init === null ? segments : [init, ...segments]));
  const total = countSegments(sound);
  const other = new AbortController();
  const fetching: Fetching = {
    ...request,
    folder,
    signal: AbortSignal.any([signal, other.signal]),
    keys: new Map(),
    heldBytes: 0,
  };
  let next = 0;
  let fetched = 0;
  const work = async () => {
    while (next < pieces.length) {
      const index = next++;
      const piece = pieces[index];
      if (piece) await keepPiece(fetching, piece, index);
      onProgress(++fetched, total);
    }
  };
  const workers = Array.from({ length: Math.min(atOnce, pieces.length) }, () =>
    work().catch((error: unknown) => {
      other.abort(error);
      throw error;
    }),
  );
  const results = await Promise.allSettled(workers);
  signal.throwIfAborted();
  if (other.signal.aborted) throw other.signal.reason;
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  return pathsByRun(sound, folder);
}

interface Fetching extends SegmentsRequest {
  keys: Map<string, Promise<Buffer>>;
  /** What all pieces weigh together, those that failed included. */
  heldBytes: number;
}

const pathOf = (folder: string, index: number) => path.join(folder, String(index).padStart(6, '0'));

function pathsByRun({ runs }: SegmentedSound, folder: string): string[][] {
  let at = 0;
  return runs.map(({ init, segments }) =>
    Array.from({ length: segments.length + (init === null ? 0 : 1) }, () => pathOf(folder, at++)),
  );
}

/** The list's shape without the parts of addresses that hosts sign anew each time. */
function fingerprint({ runs }: SegmentedSound): string {
  const hash = createHash('sha256');
  const add = ({ address, stretch, key }: Segment) => {
    const { host, pathname } = new URL(address);
    hash.update(JSON.stringify([host, pathname, stretch, key?.iv.toString('hex')]));
  };
  for (const { init, segments } of runs) {
    hash.update('run');
    if (init) add(init);
    segments.forEach(add);
  }
  return hash.digest('hex').slice(0, 32);
}

/** Pieces of a list that has changed since are of no more use. */
async function forgetOthers(folder: string, current: string): Promise<void> {
  const there = await readdir(folder).catch(() => []);
  for (const name of there) {
    if (name !== current) await rm(path.join(folder, name), { recursive: true, force: true });
  }
}

async function keepPiece(fetching: Fetching, piece: Segment, index: number): Promise<void> {
  const target = pathOf(fetching.folder, index);
  const known = await stat(target).catch(() => null);
  if (known !== null) {
    fetching.heldBytes += known.size;
    return;
  }
  for (let tries = 1; ; tries++) {
    try {
      return await fetchInto(fetching, piece, target);
    } catch (error) {
      fetching.signal.throwIfAborted();
      if (!isWorthRetrying(error) || tries === mostTries) throw error;
      await sleep((fetching.retryDelayMs ?? 500) * 2 ** (tries - 1), undefined, { signal: fetching.signal });
    }
  }
}

/** Under a name of its own until it is whole: two runs may be at it, and one may die. */
async function fetchInto(fetching: Fetching, piece: Segment, target: string): Promise<void> {
  const { signal } = fetching;
  const part = `${target}.${randomUUID()}`;
  try {
    const key = piece.key === null ? null : await keyBytes(fetching, piece.key);
    const body = await fetchPiece(fetching.fetch, piece, { signal, maxBytes: fetching.maxBytes });
    let pieceBytes = 0;
    const counted = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        pieceBytes += chunk.length;
        fetching.heldBytes += chunk.length;
        done(fetching.heldBytes > fetching.maxBytes ? tooLarge() : null, chunk);
      },
    });
    const file = createWriteStream(part, { flags: 'wx', mode: 0o640 });
    const opened =
      key === null || piece.key === null ? [] : [createDecipheriv('aes-128-cbc', key, piece.key.iv)];
    await pipeline([body, counted, ...opened, file], { signal });
    if (piece.stretch !== null && pieceBytes !== piece.stretch.length) {
      throw new FetchFailed('broken', 'The host gave another stretch of a file than it was asked for');
    }
    await rename(part, target);
  } catch (error) {
    await rm(part, { force: true });
    signal.throwIfAborted();
    throw asPieceError(error);
  }
}

/** Fetched once for all pieces that it opens. */
function keyBytes(fetching: Fetching, { address }: SegmentKey): Promise<Buffer> {
  const known = fetching.keys.get(address);
  if (known) return known;
  const asked = fetchKey(fetching, address);
  fetching.keys.set(address, asked);
  // A failure is not kept: the next try asks again.
  asked.catch(() => fetching.keys.delete(address));
  return asked;
}

async function fetchKey({ fetch, signal }: Fetching, address: string): Promise<Buffer> {
  const body = await fetchPiece(fetch, { address, stretch: null, key: null }, { signal, maxBytes: 64 });
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  const key = Buffer.concat(chunks);
  if (key.length !== 16) throw new FetchFailed('broken', 'The key of this stream is not one of 16 bytes');
  return key;
}

function asPieceError(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof code === 'string' && code.startsWith('ERR_OSSL')) {
    return new FetchFailed('broken', 'A segment cannot be decrypted with its key', { cause: error });
  }
  return asStorageError(error);
}

const retriedStatuses = new Set([404, 408, 425, 429, 500, 502, 503, 504]);

/** A piece that is missing may only be late: hosts of streams have many faces. */
function isWorthRetrying(error: unknown): boolean {
  if (!(error instanceof FetchFailed)) return false;
  if (error.failure === 'status') return retriedStatuses.has(error.status ?? 0);
  return ['broken', 'timeout', 'connect', 'dns'].includes(error.failure);
}
