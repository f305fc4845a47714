import {
  type KeyboardEvent,
  type MouseEvent,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { flushSync } from 'react-dom';
import { useServices } from '../../app-services.ts';
import { useText } from '../../i18n/language.ts';
import { type Track, trackKey } from '../../player/track.ts';
import { usePlace } from '../../player/use-place.ts';
import { Button, IconButton } from '../../ui/controls.tsx';
import { Icon } from '../../ui/icons.tsx';
import { jumpTo } from './bring-into-view.ts';
import { characterAt } from './character-at.ts';
import { copySentence } from './copy-sentence.ts';
import { FindBar } from './find-bar.tsx';
import { sentenceId } from './sentence.tsx';
import { nearestSegment, secondOfCharacter, segmentAt } from './transcript.ts';
import { type TextState, TranscriptBlock } from './transcript-block.tsx';
import { blockOf, blocksOf } from './transcript-layout.ts';
import type { Transcript } from './transcription.ts';
import { useFind } from './use-find.ts';
import { useFollow } from './use-follow.ts';
import { useNearBlocks } from './use-near-blocks.ts';

interface TranscriptViewProps {
  transcript: Transcript;
  track: Track;
  /** The second of the page's address, if it has one. */
  atSeconds: number | null;
  /** The words of the page's address. */
  q: string;
  onFind(q: string): void;
}

/** The text of a sound: follows it, leads it, is searched. */
export function TranscriptView({ transcript, track: given, atSeconds, q, onFind }: TranscriptViewProps) {
  const { t } = useText();
  const services = useServices();
  const { player } = services;
  const track = useSameTrack(given);
  const { segments } = transcript;
  const blocks = useMemo(() => blocksOf(segments), [segments]);
  const find = useFind(segments, q);
  const durationSeconds = track.durationSeconds ?? segments.at(-1)?.end ?? 0;
  const text = useMemo<TextState>(
    () => ({ segments, durationSeconds, marks: find.marks }),
    [segments, durationSeconds, find.marks],
  );
  const body = useRef<HTMLDivElement>(null);
  const active = usePlace(track, atSeconds, (seconds) =>
    seconds === null ? -1 : segmentAt(segments, seconds),
  );
  const [chosen, setChosen] = useState<number | null>(null);
  const stop = chosen ?? Math.max(0, active);
  const { isNear, draw, watch } = useNearBlocks();
  const landing = atSeconds === null ? -1 : nearestSegment(segments, atSeconds);
  // Drawn wherever they are, so that effects find them in the page.
  const needed = new Set([active, stop, landing].map((segment) => blockOf(blocks, segment)));
  const current = find.found[find.at] ?? null;

  /** The element of a sentence, drawn now if it was not. */
  const elementOf = useCallback(
    (segment: number): HTMLElement | null => {
      const id = sentenceId(segment);
      if (document.getElementById(id) === null) draw(blockOf(blocks, segment));
      return document.getElementById(id);
    },
    [blocks, draw],
  );
  // In this order: where one lands is looked at before the sound is followed from there.
  useLanding(landing, atSeconds, elementOf);
  const { isLeft, follow } = useFollow(track, active, elementOf, body);

  const playFrom = (index: number, character: number | null) => {
    const segment = segments[index];
    if (segment === undefined) return;
    setChosen(index);
    player.play(track, secondOfCharacter(segment, character));
  };
  const focus = (index: number) => {
    if (index < 0 || index >= segments.length) return;
    flushSync(() => setChosen(index));
    const element = elementOf(index);
    element?.focus({ preventScroll: true });
    element?.scrollIntoView({ block: 'nearest' });
  };
  const step = (direction: 1 | -1) => {
    const found = find.step(direction, stop);
    const element = found === null ? null : elementOf(found.segment);
    if (found === null || element === null) return;
    setChosen(found.segment);
    jumpTo(element);
  };
  const copy = (index: number) => {
    const segment = segments[index];
    if (segment !== undefined) void copySentence(services, segment, track);
  };

  const onClick = (event: MouseEvent) => {
    const element = sentenceUnder(event.target);
    // A passage that was selected is about to be copied, not played.
    if (element === null || getSelection()?.isCollapsed === false) return;
    const isPointed = event.detail > 0;
    playFrom(
      Number(element.dataset.sentence),
      isPointed ? characterAt(element, event.clientX, event.clientY) : null,
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const element = sentenceUnder(event.target);
    if (element === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const index = Number(element.dataset.sentence);
    const keys: Record<string, () => void> = {
      ArrowDown: () => focus(index + 1),
      ArrowUp: () => focus(index - 1),
      Home: () => focus(0),
      End: () => focus(segments.length - 1),
      Enter: () => playFrom(index, null),
      ' ': () => (player.isCurrent(track) ? player.toggle() : playFrom(index, null)),
      c: () => copy(index),
    };
    const act = keys[event.key];
    if (act === undefined) return;
    act();
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <>
      <div className="sticky top-0 z-10 flex items-center gap-2 border-b border-line bg-paper md:pl-38">
        <FindBar q={q} count={find.found.length} at={find.at} onFind={onFind} onStep={step} />
        <IconButton
          name={t('transcript.copy')}
          icon="quote"
          disabled={active < 0 && chosen === null}
          onClick={() => copy(active < 0 ? stop : active)}
        />
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a text is no form, and a fieldset is. */}
      <div
        ref={body}
        role="group"
        aria-label={t('transcript.sentences')}
        lang={transcript.language}
        className="pt-6 font-serif text-transcript"
        onClick={onClick}
        onKeyDown={onKeyDown}
      >
        {blocks.map((block, index) => {
          const within = (segment: number) => segment >= block.first && segment <= block.last;
          return (
            <TranscriptBlock
              key={block.first}
              block={block}
              index={index}
              text={text}
              isNear={isNear(index) || needed.has(index)}
              track={track}
              active={within(active) ? active : null}
              stop={within(stop) ? stop : null}
              current={current !== null && within(current.segment) ? current : null}
              watch={watch}
            />
          );
        })}
      </div>
      {isLeft && (
        <Button
          look="primary"
          className="fixed right-4 bottom-32 z-10 shadow-float md:right-6 md:bottom-24"
          onClick={follow}
        >
          <Icon name="down" size={16} />
          {t('transcript.follow')}
        </Button>
      )}
    </>
  );
}

const sentenceUnder = (target: EventTarget): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>('[data-sentence]') : null;

/** The same object as long as it is the same sound, so that drawn sentences stay as they are. */
function useSameTrack(track: Track): Track {
  const kept = useRef(track);
  const isSame =
    trackKey(kept.current) === trackKey(track) && kept.current.durationSeconds === track.durationSeconds;
  if (!isSame) kept.current = track;
  return kept.current;
}

/** Goes to the second of the address, once for each address. */
function useLanding(
  landing: number,
  atSeconds: number | null,
  elementOf: (segment: number) => HTMLElement | null,
): void {
  const landed = useRef<number | null>(null);
  useEffect(() => {
    if (landing < 0 || landed.current === atSeconds) return;
    landed.current = atSeconds;
    const element = elementOf(landing);
    if (element !== null) jumpTo(element);
  }, [landing, atSeconds, elementOf]);
}
