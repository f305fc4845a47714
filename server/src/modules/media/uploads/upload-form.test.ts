import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { FormPart } from '../../../kernel/http/form-parts.ts';
import { createDiskStorage } from '../../../kernel/storage/disk-storage.ts';
import { readUploadForm } from './upload-form.ts';

async function* formOf(pieces: number): AsyncGenerator<FormPart> {
  const bytes = Buffer.alloc(5_000);
  async function* chunks() {
    for (let i = 0; i < pieces; i++) yield bytes;
  }
  yield { kind: 'file', name: 'file', filename: 'long.wav', mimeType: '', chunks: chunks() };
}

test('a file longer than is taken is refused at the byte that is too much', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'upload-form-'));
  try {
    const storage = await createDiskStorage({ folder, reserveBytes: 0 });
    const fits = await storage.create();
    expect(await readUploadForm(formOf(2), fits, 10_000)).toMatchObject({ filename: 'long.wav' });
    await fits.abandon();
    const draft = await storage.create();
    await expect(readUploadForm(formOf(1_000_000), draft, 10_000)).rejects.toMatchObject({
      code: 'media.upload-too-large',
      statusCode: 413,
    });
    expect(draft.bytesWritten).toBe(10_000);
    await draft.abandon();
    expect(await readdir(path.join(folder, 'tmp'))).toEqual([]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
