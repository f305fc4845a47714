/** How many leading bytes `plainlyNotMedia` likes to see. */
export const SNIFF_BYTES = 4096;

const SIGNATURES: [kind: string, bytes: number[], offset?: number][] = [
  ['a PDF document', [0x25, 0x50, 0x44, 0x46, 0x2d]],
  ['a ZIP archive or office document', [0x50, 0x4b, 0x03, 0x04]],
  ['a PNG picture', [0x89, 0x50, 0x4e, 0x47]],
  ['a JPEG picture', [0xff, 0xd8, 0xff]],
  ['a GIF picture', [0x47, 0x49, 0x46, 0x38]],
  ['a gzip archive', [0x1f, 0x8b, 0x08]],
  ['a program', [0x7f, 0x45, 0x4c, 0x46]],
  ['a 7-Zip archive', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
  ['a RAR archive', [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07]],
];

/**
 * Names what the file plainly is when that is neither audio nor video, from its first bytes; null when it may be
 * sound. A playlist is text: it would send the media programs to other addresses, so it is refused here already.
 */
export function plainlyNotMedia(head: Uint8Array): string | null {
  for (const [kind, bytes, offset = 0] of SIGNATURES) {
    if (bytes.every((byte, index) => head[offset + index] === byte)) return kind;
  }
  if (head.length === 0 || !isText(head)) return null;
  const text = Buffer.from(head.subarray(0, 256))
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart();
  if (text.startsWith('#EXTM3U')) return 'a playlist (M3U); give its address instead';
  if (/^<(!doctype|html|head|script|body)/i.test(text)) return 'a web page';
  return 'text';
}

/** Printable bytes only: no container begins so, while UTF-8 text of any language does. */
function isText(head: Uint8Array): boolean {
  return head.every((byte) =>
    byte >= 0x20 ? byte !== 0x7f : byte === 0x09 || byte === 0x0a || byte === 0x0d,
  );
}
