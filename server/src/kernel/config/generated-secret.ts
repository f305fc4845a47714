import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../reason-of.ts';

/**
 * A secret kept in `DATA_DIR/secrets/<name>`, made at the first call: 64 characters of base64url, mode 0600.
 * Two processes that ask at once get the same one. Throws the system's error when the folder can't be used.
 */
export const generatedSecret = (dataDir: string, name: string): string => {
  const folder = join(dataDir, 'secrets');
  const path = join(folder, name);
  const kept = readIfThere(path);
  if (kept !== undefined) return kept;
  // The data folder itself stays open to pass through: the embedded database may run as another account.
  mkdirSync(dataDir, { recursive: true, mode: 0o755 });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  publish(path, randomBytes(48).toString('base64url'));
  return read(path);
};

/** An empty secret would sign for everybody: a file that lost its content is a fault, not a key. */
const read = (path: string): string => {
  const secret = readFileSync(path, 'utf8').trim();
  if (secret === '') throw new Error(`the file ${path} is empty`);
  return secret;
};

const readIfThere = (path: string): string | undefined => {
  try {
    return read(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
};

/** Makes the file appear whole and once: `link` refuses a name that another process took in the meantime. */
const publish = (path: string, content: string): void => {
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    const file = openSync(draft, 'wx', 0o600);
    try {
      writeSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    linkSync(draft, path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
};
