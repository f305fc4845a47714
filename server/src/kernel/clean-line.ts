/** C0, C1 and DEL; NUL among them, which PostgreSQL refuses in text. */
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;
/** Marks that reorder or hide text: a name could otherwise look like another (Unicode UTS #55). */
const INVISIBLE = /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufff9-\ufffb]/g;

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
