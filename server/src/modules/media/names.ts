import { decodeLoosely } from '../../kernel/net/percent.ts';

/** C0, C1 and DEL; NUL among them, which PostgreSQL refuses in text. */
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;
/** Marks that reorder or hide text: a name could otherwise look like another (Unicode UTS #55). */
const INVISIBLE = /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufff9-\ufffb]/g;

/** The longest title, in characters. */
export const TITLE_LENGTH = 500;
const FILENAME_LENGTH = 200;
const DOWNLOAD_NAME_LENGTH = 120;

/** One line of readable text: well-formed, composed, without controls or reordering marks. May be empty. */
export function cleanLine(text: string): string {
  return text
    .toWellFormed()
    .replace(CONTROLS, ' ')
    .replace(INVISIBLE, '')
    .normalize('NFC')
    .replace(/\s+/g, ' ')
    .trim();
}

/** The last segment of a client's path, cleaned and shortened with its extension kept; null when nothing is left. */
export function cleanFilename(name: string): string | null {
  const last = cleanLine(name.slice(-4096).split(/[/\\]/).at(-1) ?? '').replace(/^\.+/, '');
  if (last === '') return null;
  const { stem, extension } = splitExtension(last);
  return shorten(stem, FILENAME_LENGTH - extension.length) + extension;
}

/** A title made from a file name: `séance_du_3.mp4` → `séance du 3`; null when nothing is left. */
export function titleFromFilename(filename: string): string | null {
  const { stem } = splitExtension(filename);
  const title = shorten(cleanLine(stem.replace(/_+/g, ' ')), TITLE_LENGTH);
  return title === '' ? null : title;
}

/** The file name that an address ends in, percent-decoded; null when it has none. */
export function filenameFromUrl(url: URL): string | null {
  const segment = url.pathname.split('/').findLast((part) => part !== '') ?? '';
  return cleanFilename(decodeLoosely(segment));
}

/** What a browser saves a download as: the title without characters that file systems dislike. */
export function downloadName(title: string, extension: string): string {
  const stem = cleanLine(title.replace(/[/\\:*?"<>|]+/g, '-'))
    .replace(/^[.\s-]+|[.\s-]+$/g, '')
    .slice(0, 1000);
  return `${shorten(stem, DOWNLOAD_NAME_LENGTH) || 'recording'}.${extension}`;
}

function splitExtension(name: string): { stem: string; extension: string } {
  const match = /^(.+)(\.[a-z0-9]{1,8})$/i.exec(name);
  return { stem: match?.[1] ?? name, extension: match?.[2] ?? '' };
}

/** Cut at a number of code points, so that no character is split in two. */
function shorten(text: string, length: number): string {
  return text.length <= length ? text : [...text].slice(0, length).join('').trimEnd();
}
