import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

export interface SourceFile {
  /** Relative to server/src, e.g. `modules/media/routes.ts`. */
  path: string;
  text: string;
  /** Relative ones resolved to a path as above; packages as written. */
  imports: string[];
}

/** Every source file of the server with what it imports; tests apart. */
export async function sourceFiles(): Promise<SourceFile[]> {
  const entries = await readdir(SRC, { recursive: true });
  const files = entries.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  return Promise.all(files.sort().map(read));
}

async function read(file: string): Promise<SourceFile> {
  const text = await readFile(path.join(SRC, file), 'utf8');
  const { importedFiles } = ts.preProcessFile(text, true, true);
  const imports = importedFiles.map(({ fileName }) =>
    fileName.startsWith('.') ? path.normalize(path.join(path.dirname(file), fileName)) : fileName,
  );
  return { path: file, text, imports };
}

/** `media` for `modules/media/…`, else null. */
export function moduleOf(file: string): string | null {
  return /^modules\/([^/]+)\//.exec(file)?.[1] ?? null;
}
