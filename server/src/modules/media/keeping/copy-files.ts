import { createHash } from 'node:crypto';
import { type FileReader, openReader } from '../../../kernel/storage/file-reader.ts';
import type { Draft, Storage } from '../../../kernel/storage/storage.ts';
import type { MediaContext } from '../media-context.ts';
import { CHECK_BEGINNING } from './check-files.ts';
import { listNamedFilesAcrossOrganisations, type NamedFile } from './check-repo.ts';

/** How a copy stands, and how it ended. */
export interface CopyResult {
  copied: number;
  /** Already there, with the right size. */
  there: number;
  bytes: number;
  failed: number;
}

/** From where to where, and whom to tell. */
export interface CopyOptions {
  from: Storage;
  to: Storage;
  onFailure: (file: NamedFile, why: string) => void;
  onProgress: (result: CopyResult) => void;
  signal: AbortSignal;
}

const RECORDINGS_AT_ONCE = 50;
const BLOCK_BYTES = 1024 * 1024;

/**
 * Brings every file that a row names from one store to the other, and compares its hash on the way: what is damaged is
 * told and not copied. Beside a running station or not; stopped, it goes on where it was, since what is there is left out.
 */
export async function copyFiles({ kernel }: MediaContext, options: CopyOptions): Promise<CopyResult> {
  const result: CopyResult = { copied: 0, there: 0, bytes: 0, failed: 0 };
  let { afterId } = CHECK_BEGINNING;
  for (;;) {
    const { files, lastId } = await listNamedFilesAcrossOrganisations(
      kernel.db.kysely,
      afterId,
      RECORDINGS_AT_ONCE,
    );
    if (lastId === null) return result;
    for (const file of files) {
      options.signal.throwIfAborted();
      await copyOne(options, file, result);
      options.onProgress(result);
    }
    afterId = lastId;
  }
}

async function copyOne(options: CopyOptions, file: NamedFile, result: CopyResult): Promise<void> {
  const { from, to } = options;
  const source = await from.stat(file.key);
  const target = await to.stat(file.key);
  if (target !== null && target.sizeBytes === (source?.sizeBytes ?? file.sizeBytes)) {
    result.there++;
    return;
  }
  if (source === null) {
    result.failed++;
    options.onFailure(file, 'it is not there');
    return;
  }
  const draft = await to.create({ signal: options.signal, expectedBytes: source.sizeBytes });
  try {
    const reader = await openReader(await from.place(file.key));
    const sha256 = await copyBytes(reader, draft).finally(() => reader.close());
    if (file.sha256 !== null && sha256 !== file.sha256) {
      result.failed++;
      options.onFailure(file, 'its content is not what it was');
      return;
    }
    await draft.commit(file.key);
    result.copied++;
    result.bytes += source.sizeBytes;
  } finally {
    await draft.abandon();
  }
}

async function copyBytes(reader: FileReader, draft: Draft): Promise<string> {
  const hash = createHash('sha256');
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  for (let position = 0; ; ) {
    const { bytesRead } = await reader.read(block, 0, BLOCK_BYTES, position);
    if (bytesRead === 0) return hash.digest('hex');
    const bytes = block.subarray(0, bytesRead);
    hash.update(bytes);
    await draft.write(bytes);
    position += bytesRead;
  }
}
