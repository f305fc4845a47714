import { enableCompileCache, getCompileCacheDir } from 'node:module';
import { dirname, join } from 'node:path';

/** Keeps compiled code beside the packages, so that later starts skip parsing; does nothing where it can't write. */
export const keepCompiledCode = (root: string): void => {
  enableCompileCache(join(root, 'node_modules/.cache/antenne-code'));
};

/** Environment under which a child process uses the same cache from its first import on. */
export const compileCacheEnv = (): Record<string, string> => {
  const folder = getCompileCacheDir();
  // Node adds a folder for its version to the one it is given.
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) };
};
