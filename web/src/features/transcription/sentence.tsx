import { memo, useMemo } from 'react';
import { typeset } from '../../i18n/typeset.ts';
import type { Track } from '../../player/track.ts';
import { usePlace } from '../../player/use-place.ts';
import { cutText } from './cut-text.ts';
import type { Range } from './find-words.ts';
import { placeWords, type Segment, wordAt } from './transcript.ts';

interface SentenceProps {
  segment: Segment;
  index: number;
  /** The sound, while this sentence is the one that is heard; null for all the others. */
  spokenOf: Track | null;
  /** The one sentence that Tab reaches. */
  isStop: boolean;
  marks: readonly Range[] | undefined;
  /** Which of the marks one is at. */
  currentMark: number | null;
}

const none: readonly Range[] = [];

/** Names the element of a sentence, wherever one looks for it. */
export const sentenceId = (index: number): string => `sentence-${index}`;

/** A sentence: plays from here when pressed. */
export const Sentence = memo(function Sentence(props: SentenceProps) {
  const { segment, index, spokenOf, isStop, marks = none, currentMark } = props;
  const look = spokenOf === null ? 'hover:bg-sunk' : 'bg-(--spoken)';
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a sentence runs on from line to line, which a button cannot. */}
      <span
        id={sentenceId(index)}
        role="button"
        tabIndex={isStop ? 0 : -1}
        data-sentence={index}
        aria-current={spokenOf === null ? undefined : 'true'}
        className={`cursor-pointer rounded-[3px] box-decoration-clone py-0.5 ${look}`}
      >
        {spokenOf === null ? (
          <Words segment={segment} marks={marks} currentMark={currentMark} spoken={null} />
        ) : (
          <SpokenWords segment={segment} marks={marks} currentMark={currentMark} track={spokenOf} />
        )}
      </span>{' '}
    </>
  );
});

interface WordsProps {
  segment: Segment;
  marks: readonly Range[];
  currentMark: number | null;
}

/** The sentence being heard, its word underlined where words have times. */
function SpokenWords({ track, ...words }: WordsProps & { track: Track }) {
  const placed = useMemo(() => placeWords(words.segment), [words.segment]);
  const at = usePlace(track, null, (seconds) => (seconds === null ? -1 : wordAt(placed, seconds)));
  return <Words {...words} spoken={placed[at] ?? null} />;
}

function Words({ segment, marks, currentMark, spoken }: WordsProps & { spoken: Range | null }) {
  const text = typeset(segment.text);
  if (marks.length === 0 && spoken === null) return <>{text}</>;
  return (
    <>
      {cutText(text, marks, spoken).map((piece) => {
        const drawn = piece.isSpoken ? (
          <span className="underline decoration-signal decoration-[0.16em] underline-offset-[0.2em]">
            {piece.text}
          </span>
        ) : (
          piece.text
        );
        if (piece.mark === null) return <span key={piece.from}>{drawn}</span>;
        const isCurrent = piece.mark === currentMark;
        return (
          <mark key={piece.from} data-current={isCurrent || undefined}>
            {drawn}
          </mark>
        );
      })}
    </>
  );
}
