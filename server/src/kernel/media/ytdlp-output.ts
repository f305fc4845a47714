import type { MarkedChapter } from './marked-chapter.ts';
import { linePrefix } from './ytdlp-args.ts';

/** How far the fetch is; null where the site does not say. */
export interface SiteProgress {
  receivedBytes: number;
  totalBytes: number | null;
  fragment: number | null;
  fragments: number | null;
}

/** Where captions are to be had; to be fetched through the guard like everything else. */
export interface SiteCaptions {
  language: string;
  address: string;
}

/** What yt-dlp learnt of the page before it fetched the sound. */
export interface SiteFacts {
  title: string | null;
  language: string | null;
  /** The page's own address, as the site prefers it. */
  pageAddress: string | null;
  site: string | null;
  chapters: MarkedChapter[];
  captions: SiteCaptions[];
}

const longestLine = 4 * 1024 * 1024;
const mostChapters = 2000;
const mostCaptions = 50;
const longestText = 2000;

/** Takes yt-dlp's standard output as it comes, and keeps nothing but the facts. */
export class YtdlpOutput {
  readonly #onProgress: (progress: SiteProgress) => void;
  #rest = '';
  #isTooLong = false;
  facts: SiteFacts | null = null;

  constructor(onProgress: (progress: SiteProgress) => void) {
    this.#onProgress = onProgress;
  }

  push(chunk: Buffer): void {
    const lines = (this.#rest + chunk.toString('utf8')).split(/[\r\n]+/);
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      if (!this.#isTooLong) this.#read(line);
      this.#isTooLong = false;
    }
    if (this.#rest.length > longestLine) this.#isTooLong = true;
    // Of a line that is too long nothing is kept, so that each chunk costs no more than the first.
    if (this.#isTooLong) this.#rest = '';
  }

  #read(line: string): void {
    if (line.startsWith(`${linePrefix.progress} `)) {
      const progress = parseProgress(line);
      if (progress) this.#onProgress(progress);
    } else if (line.startsWith(`${linePrefix.found} `)) {
      this.facts ??= parseFacts(line.slice(linePrefix.found.length + 1));
    }
  }
}

/** `antenne-progress 1024 4096 3 12`, with `NA` for what is not known. */
export function parseProgress(line: string): SiteProgress | null {
  const [, received, total, fragment, fragments] = line.trim().split(/\s+/).map(wholeOrNull);
  if (received == null) return null;
  return {
    receivedBytes: received,
    totalBytes: total ?? null,
    fragment: fragment ?? null,
    fragments: fragments ?? null,
  };
}

function wholeOrNull(text: string): number | null {
  const value = Number(text);
  return text !== '' && Number.isFinite(value) && value >= 0 ? Math.round(value) : null;
}

/** What a site says is a stranger's word: wrong types count as absent, lists are bounded. */
export function parseFacts(json: string): SiteFacts | null {
  let found: unknown;
  try {
    found = JSON.parse(json);
  } catch {
    return null;
  }
  return {
    title: textOf(field(found, 'title')),
    language: textOf(field(found, 'language')),
    pageAddress: textOf(field(found, 'webpage_url')),
    site: textOf(field(found, 'extractor_key')),
    chapters: listOf(field(found, 'chapters')).slice(0, mostChapters).flatMap(chapterOf),
    captions: captionsOf(field(found, 'subtitles')),
  };
}

function chapterOf(value: unknown): MarkedChapter[] {
  const start = field(value, 'start_time');
  const end = field(value, 'end_time');
  const title = textOf(field(value, 'title'));
  if (typeof start !== 'number' || !(start >= 0) || title === null) return [];
  const endMs = typeof end === 'number' && end > start ? Math.round(end * 1000) : null;
  return [{ startMs: Math.round(start * 1000), endMs, title }];
}

/** `{fr: [{ext, url}, …], …}`; of each language the first that is plain captions. */
function captionsOf(value: unknown): SiteCaptions[] {
  if (typeof value !== 'object' || value === null) return [];
  const languages = Object.entries(value).slice(0, mostCaptions);
  return languages.flatMap(([language, forms]) => {
    const form = ['vtt', 'srt']
      .flatMap((wanted) => listOf(forms).filter((one) => field(one, 'ext') === wanted))
      .find((one) => typeof field(one, 'url') === 'string');
    const address = field(form, 'url');
    return typeof address === 'string' ? [{ language: language.slice(0, 35), address }] : [];
  });
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value.slice(0, longestText) : null;
const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

/** Why yt-dlp gave up, from the end of its standard error; without addresses, which may hold keys. */
export function ytdlpComplaint(stderr: string): string {
  const line = stderr.split('\n').findLast((text) => text.startsWith('ERROR: ')) ?? '';
  const said = line
    .slice('ERROR: '.length)
    .replace(/;? ?please report this issue.*$/i, '')
    .replace(/(?:https?|file):\/*\S+/g, '…')
    .replace(/\/\S*\/\S+/g, '…');
  return said.trim().slice(0, 300);
}
