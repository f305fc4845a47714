/** What an address answers with, when it is not sound itself. */
export type DocumentKind = 'hls' | 'dash' | 'feed' | 'page' | 'address-list' | 'text';

const utf16 = ['fffe', 'feff'];

/**
 * What the first bytes of an answer are: a document that leads to sound, or null when they may be sound. By content
 * alone: what a host calls its answers decides nothing.
 */
export function documentKind(head: Buffer): DocumentKind | null {
  const text = beginning(head);
  if (text === null) return null;
  // Packed audio and MP3 may begin with anything printable, but not with these words.
  if (/^#EXTM3U/.test(text)) return /#EXT-X-/.test(text) ? 'hls' : 'address-list';
  if (/^\[playlist\]/i.test(text) || /^<asx\b/i.test(text)) return 'address-list';
  const root = rootElement(text);
  if (root === 'mpd') return 'dash';
  if (root === 'rss' || root === 'feed' || root === 'rdf:rdf') return 'feed';
  if (root === 'html' || /^<!doctype\s+html/i.test(text)) return 'page';
  if (!isText(head)) return null;
  return root !== null ? 'page' : 'text';
}

/** The first characters without byte order mark and blanks; null where a zero byte says that this is no text. */
function beginning(head: Buffer): string | null {
  const isWide = utf16.includes(head.toString('hex', 0, 2));
  if (isWide) return head.toString('latin1').replaceAll('\0', '').slice(2).trimStart();
  return head.subarray(0, 16).includes(0)
    ? null
    : head
        .toString('latin1')
        .replace(/^\xef\xbb\xbf/, '')
        .trimStart();
}

/** The name of the first element, behind declarations and comments, lower case; null when there is none. */
function rootElement(text: string): string | null {
  let rest = text;
  for (let skipped = 0; skipped < 50; skipped++) {
    const prologue = /^\s*(?:<\?[^>]*>|<!--[\s\S]*?-->|<!doctype[^>[]*(?:\[[^\]]*\])?\s*>)/i.exec(rest);
    if (!prologue) break;
    rest = rest.slice(prologue[0].length);
  }
  return /^\s*<([a-z][\w:.-]{0,40})/i.exec(rest)?.[1]?.toLowerCase() ?? null;
}

/** No control characters but the blanks: what compressed sound never is for 4 kB. */
function isText(head: Buffer): boolean {
  return (
    head.length > 0 && head.every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d)
  );
}

/** Types that say “playlist”, or nothing at all. */
const playlistTypes = /mpegurl|^text\/|octet-stream|^application\/(?:json|x-www)/;

/**
 * True for a playlist that pretends to be a sound, by a type such as `audio/mpeg` or a name such as `a.mp3`. Players
 * refuse those too (RFC 8216 §4): whoever dresses one up wants another program to open it.
 */
export function isDressedPlaylist(address: string, contentType: string | null): boolean {
  const type = contentType ?? '';
  if (/mpegurl/.test(type)) return false;
  if (/^(audio|video|image)\//.test(type)) return true;
  const { pathname } = new URL(address);
  return (
    /\.(mp3|m4a|mp4|aac|wav|flac|ogg|opus|oga|ts|webm|mkv|jpe?g|png)$/i.test(pathname) ||
    !(type === '' || playlistTypes.test(type))
  );
}

/** An endless reply of a radio, by the words that such servers use. */
export function isEndlessReply(headers: Record<string, string | string[] | undefined>): boolean {
  const names = Object.keys(headers);
  return headers['content-length'] === undefined && names.some((name) => /^(icy|ice)-/.test(name));
}
