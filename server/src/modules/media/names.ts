import { cleanLine } from '../../kernel/clean-line.ts';
import { decodeLoosely } from '../../kernel/net/percent.ts';

/** The longest title, in characters. */
export const TITLE_LENGTH = 500;
const FILENAME_LENGTH = 200;
const DOWNLOAD_NAME_LENGTH = 120;

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

/** A title that somebody else gave, as one line; null when nothing is left. */
export function titleFromText(text: string): string | null {
  const title = shorten(cleanLine(text.slice(0, 4096)), TITLE_LENGTH);
  return title === '' ? null : title;
}

/** What every stream's list is called. */
const GENERIC =
  /^(?:index|list|playlist|master|manifest|stream|chunklist|media|prog_index|feed|rss)(?:\.[a-z0-9]{1,8})?$/i;

/** The name that an address ends in, percent-decoded, or the folder of a list; null when it has none. */
export function filenameFromUrl(url: URL): string | null {
  const parts = url.pathname.split('/').filter((part) => part !== '');
  const telling = parts.findLast((part) => !GENERIC.test(part)) ?? parts.at(-1) ?? '';
  return cleanFilename(decodeLoosely(telling));
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
