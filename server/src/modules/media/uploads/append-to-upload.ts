import { createHash, type Hash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Problem } from '../../../kernel/http/problem.ts';
import { StorageFullError, StorageMissingError } from '../../../kernel/storage/errors.ts';
import type { UnfinishedFile } from '../../../kernel/storage/unfinished-files.ts';
import {
  checksumMismatch,
  isNeverSound,
  storageFull,
  uploadBusy,
  uploadGone,
  uploadTooLarge,
} from '../errors.ts';
import { SNIFF_BYTES } from '../extraction/sniff.ts';
import type { MediaContext } from '../media-context.ts';
import { finishUpload } from './finish-upload.ts';
import { isWhole, type Progress, type ResumableUpload, SYNC_BYTES } from './resumable.ts';
import { deleteUpload } from './resumable-repo.ts';
import type { Checksum } from './tus-headers.ts';
import { refuseOtherKinds } from './upload-form.ts';
import { type Hold, HoldLost, holdUpload } from './upload-holds.ts';

/** Some bytes of an upload, as one request brings them. */
export interface Piece {
  offsetBytes: number;
  /** Null when the request has no body. */
  body: Readable | null;
  /** Content-Length; null when it is not said. */
  announcedBytes: number | null;
  /** Bytes that do not match are forgotten. */
  checksum: Checksum | null;
  /** Told before the recording is made, which may take a while. */
  onWhole(): void;
}

/** Takes a piece. What is acknowledged is on the disk; with the last one the recording is made. */
export async function appendToUpload(
  context: MediaContext,
  upload: ResumableUpload,
  piece: Piece,
): Promise<Progress> {
  const leftBytes = upload.sizeBytes - piece.offsetBytes;
  if (piece.announcedBytes !== null && piece.announcedBytes > leftBytes) throw tooLong(upload);
  if (upload.completedAt !== null && isWhole(upload) && leftBytes === 0) {
    return { offsetBytes: upload.sizeBytes, expiresAt: upload.expiresAt, recordingId: upload.id };
  }
  const hold = await holdUpload(context, upload, piece.offsetBytes);
  try {
    // Whole already, its file may lie in its place.
    const offsetBytes = leftBytes === 0 ? upload.sizeBytes : await receive(context, hold, piece);
    if (offsetBytes < upload.sizeBytes) {
      return { offsetBytes, expiresAt: hold.expiresAt, recordingId: null };
    }
    piece.onWhole();
    return await finishUpload(context, hold);
  } catch (error) {
    throw await asUploadProblem(context, upload, error);
  } finally {
    await hold.release();
  }
}

/** Writes the bytes; answers how many the upload has by then, all of them durable. */
async function receive(context: MediaContext, hold: Hold, piece: Piece): Promise<number> {
  const { id, sizeBytes } = hold.upload;
  const file = await context.unfinished.open(id, piece.offsetBytes);
  const hash = piece.checksum && createHash(piece.checksum.algorithm);
  /** Syncs and notes it; bytes that are still to be compared with their checksum are not noted. */
  const save = async (isChecked = hash === null) => {
    const safeBytes = await file.sync();
    await hold.renew(isChecked ? safeBytes : piece.offsetBytes);
    if ((await context.kernel.storage.freeBytes()) === 0)
      throw new StorageFullError('the reserve is reached');
    return safeBytes;
  };
  try {
    await copyPiece(hold, piece, { file, hash, save });
    if (piece.checksum && hash?.digest('base64') !== piece.checksum.digest) {
      await file.cut(piece.offsetBytes);
      throw checksumMismatch('The bytes that arrived are not those of the checksum; send them again.');
    }
    const offsetBytes = await save(true);
    if (offsetBytes === sizeBytes) refuseOtherKinds(await file.head(SNIFF_BYTES));
    return offsetBytes;
  } catch (error) {
    // What had come before a line was cut is kept: that is what all this is for.
    if (hash === null && !(error instanceof HoldLost)) await save().catch(() => undefined);
    throw error;
  } finally {
    await file.close();
  }
}

async function copyPiece(
  hold: Hold,
  { offsetBytes, body }: Piece,
  { file, hash, save }: { file: UnfinishedFile; hash: Hash | null; save: () => Promise<number> },
): Promise<void> {
  if (body === null) return;
  const { upload, signal } = hold;
  // A client that sends nothing would otherwise be waited for.
  const onLost = () => void body.destroy(signal.reason);
  signal.addEventListener('abort', onLost);
  let end = offsetBytes;
  let unsyncedBytes = 0;
  try {
    // Ended early, the stream must live on: the reply goes out on its connection.
    for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      if (end + chunk.length > upload.sizeBytes) throw tooLong(upload);
      if (unsyncedBytes >= SYNC_BYTES || hold.isDue()) {
        await save();
        unsyncedBytes = 0;
      }
      await file.write(chunk);
      hash?.update(chunk);
      const wasShort = end < SNIFF_BYTES;
      end += chunk.length;
      unsyncedBytes += chunk.length;
      if (wasShort && end >= SNIFF_BYTES) refuseOtherKinds(await file.head(SNIFF_BYTES));
    }
  } finally {
    signal.removeEventListener('abort', onLost);
  }
}

function tooLong({ sizeBytes }: ResumableUpload): Problem {
  return uploadTooLarge(`The upload was announced with ${sizeBytes} bytes; more than that cannot be taken.`);
}

/** What went wrong, as the client reads it; what can never become a recording is forgotten with its bytes. */
export async function asUploadProblem(
  context: MediaContext,
  upload: ResumableUpload,
  error: unknown,
): Promise<unknown> {
  if (isNeverSound(error)) {
    await deleteUpload(context.kernel.db.kysely, upload);
    await context.unfinished.remove(upload.id);
    return error;
  }
  if (error instanceof HoldLost) {
    return uploadBusy('Another request has taken over this upload, or it was ended.', {
      headers: { 'retry-after': '2' },
    });
  }
  if (error instanceof StorageFullError) {
    return storageFull('There is no room left. What has arrived is kept until the upload expires.', {
      cause: error,
    });
  }
  if (error instanceof StorageMissingError) {
    return uploadGone('The bytes of this upload are not on this machine (any more); begin it again.', {
      cause: error,
    });
  }
  return error;
}
