import { TextDecoder } from 'node:util';

/** How far into a page its own word about its letters is looked for (HTML Standard: 1,024 bytes). */
const prescanBytes = 1024;

/** The text of a document, by its byte order mark, the host's word, or its own; else UTF-8, wrong bytes replaced. */
export function decodeText(bytes: Buffer, charset: string | null): string {
  const label = byMark(bytes) ?? charset ?? byOwnWord(bytes) ?? 'utf-8';
  return decoder(label).decode(bytes);
}

function decoder(label: string): TextDecoder {
  try {
    return new TextDecoder(label);
  } catch {
    // A name that nobody knows.
    return new TextDecoder('utf-8');
  }
}

function byMark(bytes: Buffer): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return bytes.toString('hex', 0, 3) === 'efbbbf' ? 'utf-8' : null;
}

/** `<?xml encoding="…"?>`, `<meta charset=…>`, `<meta http-equiv … content="…; charset=…">` */
function byOwnWord(bytes: Buffer): string | null {
  const head = bytes.toString('latin1', 0, prescanBytes);
  const found =
    /^\s*<\?xml[^>]*\bencoding\s*=\s*["']([\w.:-]{1,40})/i.exec(head) ??
    /<meta[^>]*\bcharset\s*=\s*["']?\s*([\w.:-]{1,40})/i.exec(head);
  // Whoever can read this word in single bytes is not looking at UTF-16.
  return found?.[1]?.replace(/^utf-?16.*$/i, 'utf-8') ?? null;
}
