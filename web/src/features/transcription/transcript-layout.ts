import type { Segment } from './transcript.ts';

/** Sentences that are set together: one person, without a long pause. First and last count segments. */
export interface Paragraph {
  first: number;
  last: number;
  start: number;
  /** Who begins to speak here; null where the same person goes on, or nobody knows. */
  speaker: string | null;
}

/** Paragraphs that the page draws together, or not at all while they are far away. */
export interface Block {
  first: number;
  last: number;
  paragraphs: Paragraph[];
  /** What the block is thought to measure before it is drawn, in lines of text. */
  lines: number;
}

const longPauseSeconds = 2;
const fullParagraphCharacters = 600;
const blockSegments = 40;
const charactersPerLine = 60;
/** A paragraph's margin and, where someone begins, the name: in lines. */
const paragraphLines = 0.75;

/** Sets segments as a printed debate: a paragraph for each turn of speech, and no endless ones. */
export function paragraphsOf(segments: readonly Segment[]): Paragraph[] {
  const paragraphs: Paragraph[] = [];
  let characters = 0;
  for (const [index, segment] of segments.entries()) {
    const before = segments[index - 1];
    const current = paragraphs.at(-1);
    const begins = before?.speaker !== segment.speaker;
    const pauses = before !== undefined && segment.start - before.end > longPauseSeconds;
    if (current === undefined || begins || pauses || characters > fullParagraphCharacters) {
      const speaker = begins ? segment.speaker : null;
      paragraphs.push({ first: index, last: index, start: segment.start, speaker });
      characters = segment.text.length;
    } else {
      current.last = index;
      characters += segment.text.length + 1;
    }
  }
  return paragraphs;
}

function linesOf({ first, last }: Paragraph, segments: readonly Segment[]): number {
  let characters = 0;
  for (let index = first; index <= last; index++) characters += (segments[index]?.text.length ?? 0) + 1;
  return Math.ceil(characters / charactersPerLine) + paragraphLines;
}

/** Groups paragraphs into blocks, so that ten hours of speech are a few hundred things and not a hundred thousand. */
export function blocksOf(segments: readonly Segment[]): Block[] {
  const blocks: Block[] = [];
  for (const paragraph of paragraphsOf(segments)) {
    const current = blocks.at(-1);
    const lines = linesOf(paragraph, segments);
    if (current === undefined || current.last - current.first + 1 >= blockSegments) {
      blocks.push({ first: paragraph.first, last: paragraph.last, paragraphs: [paragraph], lines });
    } else {
      current.last = paragraph.last;
      current.paragraphs.push(paragraph);
      current.lines += lines;
    }
  }
  return blocks;
}

/** The block that holds a segment; −1 when none does. */
export const blockOf = (blocks: readonly Block[], segment: number): number =>
  blocks.findIndex(({ first, last }) => first <= segment && segment <= last);
