import { memo, useEffect, useRef } from 'react';
import { formatClock } from '../../i18n/clock-time.ts';
import { typeset } from '../../i18n/typeset.ts';
import type { Track } from '../../player/track.ts';
import type { Range } from './find-words.ts';
import { Sentence } from './sentence.tsx';
import type { Segment } from './transcript.ts';
import type { Block, Paragraph } from './transcript-layout.ts';

export interface TextState {
  segments: readonly Segment[];
  durationSeconds: number;
  marks: ReadonlyMap<number, Range[]>;
}

interface BlockProps {
  block: Block;
  index: number;
  text: TextState;
  /** Drawn sentence by sentence; else as plain text that nobody sees yet. */
  isNear: boolean;
  track: Track;
  /** The sentence being heard, if it is one of this block. */
  active: number | null;
  stop: number | null;
  /** The find one is at, if it is in this block. */
  current: { segment: number; range: number } | null;
  watch(element: HTMLElement): () => void;
}

/** What one line of the text measures, in its own letters. */
const lineEms = 1.6;

/** A stretch of the text that is drawn in full once it comes near the window. */
export const TranscriptBlock = memo(function TranscriptBlock({ block, index, isNear, ...rest }: BlockProps) {
  const box = useRef<HTMLDivElement>(null);
  const { watch, text } = rest;
  useEffect(() => (box.current === null ? undefined : watch(box.current)), [watch]);
  return (
    <div
      ref={box}
      data-block={index}
      style={{
        contentVisibility: 'auto',
        containIntrinsicBlockSize: `auto ${(block.lines * lineEms).toFixed(1)}em`,
      }}
    >
      {isNear ? (
        block.paragraphs.map((paragraph) => (
          <TextParagraph key={paragraph.first} paragraph={paragraph} {...rest} />
        ))
      ) : (
        <p>{plainTextOf(block, text.segments)}</p>
      )}
    </div>
  );
});

/** The words alone, for the browser's own search and for whoever reads without seeing. */
function plainTextOf({ first, last }: Block, segments: readonly Segment[]): string {
  return segments
    .slice(first, last + 1)
    .map(({ text }) => text)
    .join(' ');
}

type ParagraphProps = Omit<BlockProps, 'block' | 'index' | 'isNear' | 'watch'> & { paragraph: Paragraph };

function TextParagraph({ paragraph, text, track, active, stop, current }: ParagraphProps) {
  const indexes = Array.from(
    { length: paragraph.last - paragraph.first + 1 },
    (_, offset) => paragraph.first + offset,
  );
  return (
    <div className="grid gap-x-6 pb-[1em] md:grid-cols-[8rem_minmax(0,1fr)]">
      <p className="flex gap-x-3 font-sans text-note md:block md:pt-[0.45em] md:text-right">
        {paragraph.speaker !== null && (
          <span className="block font-medium text-soft">{typeset(paragraph.speaker)}</span>
        )}
        <span className="text-faint">{formatClock(paragraph.start, text.durationSeconds)}</span>
      </p>
      <p className="max-w-(--measure)">
        {indexes.map((index) => {
          const segment = text.segments[index];
          if (segment === undefined) return null;
          return (
            <Sentence
              key={index}
              segment={segment}
              index={index}
              spokenOf={index === active ? track : null}
              isStop={index === stop}
              marks={text.marks.get(index)}
              currentMark={current?.segment === index ? current.range : null}
            />
          );
        })}
      </p>
    </div>
  );
}
