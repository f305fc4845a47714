import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';

/** The built page as it lies on the disk: its one document, and the addresses of everything else. */
export interface WebBuild {
  page: string;
  files: ReadonlySet<string>;
}

const LOOK_AGAIN_MS = 1_000;

/**
 * Answers the build, or null while there was none yet. One that replaces it is noticed within a second, without a
 * restart; while its document is not written yet, the one before goes on.
 */
export function watchWebBuild(folder: string, now: () => number = Date.now): () => Promise<WebBuild | null> {
  let build: WebBuild | null = null;
  let seen = '';
  let lookedAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | null = null;

  async function look(): Promise<void> {
    const changes = await changesOf(folder);
    if (changes === null || changes === seen) return;
    const [page, files] = await Promise.all([
      readFile(path.join(folder, 'index.html'), 'utf8'),
      filesOf(folder),
    ]);
    build = { page, files };
    seen = changes;
  }

  return async () => {
    if (now() - lookedAt >= LOOK_AGAIN_MS) {
      lookedAt = now();
      looking = look().catch(() => {
        // Taken away between two reads: the next look sees what came instead.
      });
    }
    await looking;
    return build;
  };
}

/** Changes whenever the document, or a file beside it or in its assets, was written; null without a document. */
async function changesOf(folder: string): Promise<string | null> {
  const places = ['index.html', '.', 'assets'].map((name) => stat(path.join(folder, name)).catch(() => null));
  const [document, ...folders] = await Promise.all(places);
  if (!document) return null;
  return [document, ...folders].map((place) => place?.mtimeMs).join(' ');
}

/** Addresses of the built files; listed, so that no request can name anything else on the disk. */
async function filesOf(folder: string): Promise<Set<string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && entry.name !== 'index.html')
    .map(
      (entry) => `/${path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll('\\', '/')}`,
    );
  return new Set(files);
}
