import { tokenise } from './tokens.ts';

const LONGEST_SHOWN = 400;
const LED_BY = 120;
const LONGEST_BESIDE = 200;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);

/** A text with its found words marked, and where the first of them begins (UTF-16 units; 0 when none is told). */
export interface Highlighted {
  html: string;
  firstAt: number;
}

/** Marks words by their numbers in the text; of a long text only what surrounds the first of them is kept. */
export function highlight(text: string, words: ReadonlySet<number>): Highlighted {
  const marked = tokenise(text).filter((_token, index) => words.has(index));
  const firstAt = marked[0]?.start ?? 0;
  const { from, until } = windowOf(text, firstAt);
  let html = from > 0 ? '… ' : '';
  let at = from;
  for (const { start, end } of marked) {
    if (end > until) break;
    html += `${escapeHtml(text.slice(at, start))}<mark>${escapeHtml(text.slice(start, end))}</mark>`;
    at = end;
  }
  html += escapeHtml(text.slice(at, until));
  return { html: until < text.length ? `${html} …` : html, firstAt };
}

/** What is shown of a text: whole words around the first one found. */
function windowOf(text: string, firstAt: number): { from: number; until: number } {
  if (text.length <= LONGEST_SHOWN) return { from: 0, until: text.length };
  const space = text.indexOf(' ', Math.max(0, firstAt - LED_BY));
  const from = firstAt <= LED_BY || space < 0 || space >= firstAt ? Math.max(0, firstAt - LED_BY) : space + 1;
  const start = firstAt <= LED_BY ? 0 : from;
  const end = text.lastIndexOf(' ', start + LONGEST_SHOWN);
  return { from: start, until: end > firstAt ? end : Math.min(text.length, start + LONGEST_SHOWN) };
}

/** The end of the text before a hit. */
export function tailOf(text: string | null): string | null {
  if (text === null || text.length <= LONGEST_BESIDE) return text;
  const cut = text.slice(-LONGEST_BESIDE);
  return `… ${cut.slice(cut.indexOf(' ') + 1)}`;
}

/** The beginning of the text after a hit. */
export function headOf(text: string | null): string | null {
  if (text === null || text.length <= LONGEST_BESIDE) return text;
  const cut = text.slice(0, LONGEST_BESIDE);
  return `${cut.slice(0, Math.max(1, cut.lastIndexOf(' ')))} …`;
}
