import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version in the package.json of a folder; `0.0.0` where it names or has none. */
export const packageVersion = (root: string): string => {
  const described = contentOf(join(root, 'package.json'));
  const isVersioned = typeof described === 'object' && described !== null && 'version' in described;
  return isVersioned ? String(described.version) : '0.0.0';
};

const contentOf = (path: string): unknown => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
};
