// NUL is what PostgreSQL refuses in text; the other controls and lone surrogates only break displays and JSON.
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;
const CONTROLS_BUT_BREAKS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]+/g;

/** One line of readable text; may be empty. */
export function cleanLine(text: string): string {
  return text.toWellFormed().replace(CONTROLS, ' ').trim();
}

/** Readable text with its line breaks; may be empty. */
export function cleanParagraphs(text: string): string {
  return text.toWellFormed().replace(/\r\n?/g, '\n').replace(CONTROLS_BUT_BREAKS, ' ').trim();
}

/** The same JSON value with its strings and keys made storable. */
export function cleanJson(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\u0000', '');
  if (Array.isArray(value)) return value.map(cleanJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [String(cleanJson(key)), cleanJson(inner)]),
  );
}

/** How deep a JSON value nests; stops counting past `limit`. */
export function depthOf(value: unknown, limit: number): number {
  if (typeof value !== 'object' || value === null || limit <= 0) return 0;
  return 1 + Math.max(0, ...Object.values(value).map((inner) => depthOf(inner, limit - 1)));
}
