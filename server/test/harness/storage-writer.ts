import { createHash, randomBytes } from 'node:crypto';
import { openStorage } from '../../src/kernel/storage/open-storage.ts';

/**
 * A process that stores files until it is killed. Each key names the hash of its bytes; a line is written once a file is
 * stored, never before. Settings come as JSON: `{dataDir, s3}`.
 */
const storage = await openStorage(JSON.parse(process.argv[2] ?? '{}'));
for (;;) {
  // Now and then one that goes in several parts.
  const bytes = randomBytes(Math.random() < 0.2 ? 18_000_000 : Math.floor(Math.random() * 400_000));
  const key = `kill/${createHash('sha256').update(bytes).digest('hex')}`;
  const draft = await storage.create();
  for (let at = 0; at < bytes.length; at += 100_000) await draft.write(bytes.subarray(at, at + 100_000));
  await draft.commit(key);
  process.stdout.write(`${key}\n`);
}
