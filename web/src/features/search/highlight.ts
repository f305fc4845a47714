/** A piece of a result, marked where it answers the search. */
export interface HighlightPiece {
  text: string;
  isMark: boolean;
}

const entities: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  '#39': "'",
  '#x27': "'",
};

const unescaped = (html: string): string =>
  html.replaceAll(
    /&(amp|lt|gt|quot|apos|#39|#x27);/gi,
    (entity, name: string) => entities[name.toLowerCase()] ?? entity,
  );

/**
 * Reads `highlight`, which is escaped text with <mark> around what was found: nothing but those marks is
 * ever taken for markup.
 */
export function readHighlight(html: string): HighlightPiece[] {
  const pieces: HighlightPiece[] = [];
  let isMark = false;
  for (const part of html.split(/(<\/?mark>)/)) {
    if (part === '<mark>') isMark = true;
    else if (part === '</mark>') isMark = false;
    else if (part !== '') pieces.push({ text: unescaped(part), isMark });
  }
  return pieces;
}
