import { createHash } from 'node:crypto';
import { type FileHandle, unlink } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { asStorageError, DraftEndedError } from './errors.ts';
import type { CommittedFile, Draft } from './storage.ts';

/** What a draft needs from the storage it belongs to. */
export interface DraftHome {
  path: string;
  handle: FileHandle;
  signal?: AbortSignal | undefined;
  /** Throws StorageFullError when the reserve is reached. */
  checkRoom(): Promise<void>;
  /** Makes the synced, closed file visible under its key; nothing is left at `path` then. */
  place(file: CommittedFile): Promise<void>;
  /** Called once, when the draft no longer exists under its temporary name. */
  ended(): void;
}

/** How much is written between two looks at the free space. */
const roomCheckBytes = 16 * 1024 * 1024;

/** A draft over an open, empty file. Calls are put in order, so that an abort never closes a file mid-write. */
export function openDraft(home: DraftHome): Draft {
  const { handle, path, signal } = home;
  let hash = createHash('sha256');
  let bytesWritten = 0;
  let nextRoomCheck = roomCheckBytes;
  let state: 'open' | 'committed' | 'abandoned' = 'open';
  let reason: unknown;
  let queue: Promise<unknown> = Promise.resolve();
  let writable: Writable | undefined;

  function inOrder<T>(step: () => Promise<T>): Promise<T> {
    const result = queue.then(step);
    queue = result.catch(() => undefined);
    return result;
  }

  async function discard(cause: unknown): Promise<void> {
    if (state !== 'open') return;
    state = 'abandoned';
    reason = cause;
    signal?.removeEventListener('abort', onAbort);
    await handle.close().catch(() => undefined);
    await unlink(path).catch(() => undefined);
    home.ended();
  }

  /** Runs one step of an open draft; a failure ends the draft and leaves nothing behind. */
  function step<T>(work: () => Promise<T>): Promise<T> {
    return inOrder(async () => {
      if (state === 'abandoned' && signal?.aborted) throw signal.reason;
      if (state !== 'open') throw new DraftEndedError({ cause: reason });
      try {
        signal?.throwIfAborted();
        return await work();
      } catch (error) {
        const failure = asStorageError(error);
        await discard(failure);
        throw failure;
      }
    });
  }

  function onAbort(): void {
    void inOrder(() => discard(signal?.reason));
    writable?.destroy(signal?.reason instanceof Error ? signal.reason : undefined);
  }

  async function writeAll(chunk: Uint8Array): Promise<void> {
    if (bytesWritten + chunk.byteLength > nextRoomCheck) {
      await home.checkRoom();
      nextRoomCheck = bytesWritten + roomCheckBytes;
    }
    for (let offset = 0; offset < chunk.byteLength; ) {
      const left = chunk.byteLength - offset;
      offset += (await handle.write(chunk, offset, left, bytesWritten + offset)).bytesWritten;
    }
    hash.update(chunk);
    bytesWritten += chunk.byteLength;
  }

  async function commitAs(key: string): Promise<CommittedFile> {
    await handle.sync();
    await handle.close();
    const file = { key, sizeBytes: bytesWritten, sha256: hash.digest('hex') };
    await home.place(file);
    state = 'committed';
    signal?.removeEventListener('abort', onAbort);
    home.ended();
    return file;
  }

  async function startAgain(): Promise<void> {
    await handle.truncate(0);
    hash = createHash('sha256');
    bytesWritten = 0;
    nextRoomCheck = roomCheckBytes;
  }

  const draft: Draft = {
    path,
    get bytesWritten() {
      return bytesWritten;
    },
    get writable() {
      if (writable !== undefined) return writable;
      writable = new Writable({
        highWaterMark: 1024 * 1024,
        write: (chunk: Uint8Array, _encoding, done) => void draft.write(chunk).then(() => done(), done),
      });
      // Failures reach the caller through write and commit; an unheard event must not end the process.
      writable.on('error', () => undefined);
      return writable;
    },
    write: (chunk) => step(() => writeAll(chunk)),
    restart: () => step(startAgain),
    commit: (key) => step(() => commitAs(key)),
    abandon: () => inOrder(() => discard(undefined)),
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  return draft;
}
