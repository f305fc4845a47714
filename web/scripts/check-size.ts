import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** What a first visit to the archive may weigh, compressed, without fonts (DESIGN: first view < 150 kB). */
const budgetBytes = 150_000;

interface Chunk {
  file: string;
  src?: string;
  isEntry?: boolean;
  imports?: string[];
  css?: string[];
}

const dist = join(import.meta.dirname, '..', 'dist');
const manifest: Record<string, Chunk> = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'));

/** A chunk, its styles, and all it imports before it can run. */
function filesOf(key: string, seen = new Set<string>()): Set<string> {
  const chunk = manifest[key];
  if (chunk === undefined) throw new Error(`${key} is not in the manifest of the build`);
  if (seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const style of chunk.css ?? []) seen.add(style);
  for (const imported of chunk.imports ?? []) filesOf(imported, seen);
  return seen;
}

const compressed = (file: string): number => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length;
const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1).padStart(7)} kB`;

// The archive, signed out, in French: the page, the entry, and the dictionary it fetches before it writes.
const first = new Set([
  'index.html',
  'first-paint.js',
  ...filesOf('index.html'),
  ...filesOf('src/i18n/fr/first-view.ts'),
]);
const total = [...first].reduce((sum, file) => sum + compressed(file), 0);
const fonts = Object.entries(manifest)
  .filter(([key]) => /source-(?:sans|serif)-\d-latin-wght-normal\.woff2$/.test(key))
  .map(([, chunk]) => statSync(join(dist, chunk.file)).size);

for (const file of first) console.log(`${kilobytes(compressed(file))}  ${file}`);
console.log(`${kilobytes(total)}  first view, gzip, of ${kilobytes(budgetBytes).trim()} allowed`);
console.log(
  `${kilobytes(fonts.reduce((sum, size) => sum + size, 0))}  fonts of a first view (${fonts.length} files)`,
);

if (fonts.length !== 2) throw new Error('expected one sans and one serif; the build changed');
if (total > budgetBytes) throw new Error(`the first view is ${total - budgetBytes} bytes too heavy`);
