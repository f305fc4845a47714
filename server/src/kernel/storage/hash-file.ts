import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

/** Makes a local file's bytes durable and answers their SHA-256, lower-case hex, and how many they are. */
export async function syncAndHash(path: string): Promise<{ sha256: string; sizeBytes: number }> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
    for await (const chunk of handle.createReadStream({ autoClose: false, highWaterMark: 1 << 20 })) {
      hash.update(chunk);
      sizeBytes += chunk.length;
    }
  } finally {
    await handle.close();
  }
  return { sha256: hash.digest('hex'), sizeBytes };
}
