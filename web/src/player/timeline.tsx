import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useState } from 'react';
import { useServices } from '../app-services.ts';
import { formatClock } from '../i18n/clock-time.ts';
import { useText } from '../i18n/language.ts';
import { IconButton } from '../ui/controls.tsx';
import { copyPlace } from './copy-place.ts';
import type { Chapter } from './landmarks.ts';
import { fitView, followView, placeOf, resolutionFor, ticksOf, type View, zoomView } from './peaks.ts';
import type { Silence } from './silences.ts';
import type { Track } from './track.ts';
import { Waveform } from './waveform.tsx';

const zoomStep = 2;

interface TimelineProps {
  track: Track;
  durationSeconds: number;
  /** Where nothing sounds, shown as such. */
  silences?: readonly Silence[];
  /** The picture of the frequencies below the waveform, on the same time. */
  spectrogram?: HTMLCanvasElement | null;
  /** Marked where they begin. */
  chapters?: readonly Chapter[];
  /** What stands above the waveform, left of the zoom. */
  children: ReactNode;
  /** More buttons beside the zoom. */
  tools?: ReactNode;
}

/** The timeline of a page: a tall waveform with its instants, that zooms and turns its pages with the playhead. */
export function Timeline(props: TimelineProps) {
  const { track, durationSeconds, silences, spectrogram = null, chapters = [], children, tools } = props;
  const services = useServices();
  const { player } = services;
  const { t } = useText();
  const [canvas, setCanvas] = useState<HTMLCanvasElement | null>(null);
  const [view, setView] = useState<View>({ from: 0, to: durationSeconds });
  const width = useWidth(canvas);
  useEffect(() => setView({ from: 0, to: durationSeconds }), [durationSeconds]);
  useWheel(canvas, durationSeconds, setView);

  const onFrame = useCallback(
    (seconds: number) => setView((current) => followView(current, seconds, durationSeconds)),
    [durationSeconds],
  );
  const zoom = (factor: number) =>
    setView((current) => zoomView(current, factor, player.startOf(track), durationSeconds));
  const onKey = (event: KeyboardEvent): boolean => {
    if (event.key === '+' || event.key === '=') zoom(zoomStep);
    else if (event.key === '-') zoom(1 / zoomStep);
    else return false;
    return true;
  };
  const isZoomed = view.to - view.from < durationSeconds - 0.01;
  return (
    <div>
      <div className="mb-4 flex items-center gap-4">
        {children}
        <div className="-mr-2.5 flex">
          <IconButton
            name={t('player.zoomOut')}
            icon="minus"
            size={16}
            disabled={!isZoomed}
            onClick={() => zoom(1 / zoomStep)}
          />
          <IconButton name={t('player.zoomIn')} icon="plus" size={16} onClick={() => zoom(zoomStep)} />
          {tools}
          <IconButton name={t('debat.copy')} icon="link" onClick={() => void copyPlace(services, track)} />
        </div>
      </div>
      <Waveform
        track={track}
        durationSeconds={durationSeconds}
        view={view}
        resolution={resolutionFor(view, durationSeconds)}
        {...(silences === undefined ? {} : { silences })}
        spectrogram={spectrogram}
        className={spectrogram === null ? 'h-24 sm:h-32' : 'h-56 sm:h-72'}
        onFrame={onFrame}
        onKey={onKey}
        canvasRef={setCanvas}
      />
      {/* Clipped: for a moment after the window narrows, the instants stand where the wider one had them. */}
      <div className="relative mt-1 h-7 overflow-x-clip pt-2 text-note text-faint" aria-hidden="true">
        {chapters
          .filter(({ start }) => start > view.from && start < view.to)
          .map(({ start }) => (
            <span
              key={`chapter ${start}`}
              className="absolute top-0 size-2 -translate-x-1/2 rotate-45 bg-ink"
              style={{ left: `${placeOf(start, width, view)}px` }}
            />
          ))}
        {ticksOf(view, width).map((at) => (
          <Tick key={at} at={at} width={width} view={view} durationSeconds={durationSeconds} />
        ))}
      </div>
      {isZoomed && (
        <div className="mt-1 h-1 rounded-full bg-sunk" aria-hidden="true">
          <div
            className="h-full rounded-full bg-line-strong"
            style={{
              marginLeft: `${(view.from / durationSeconds) * 100}%`,
              width: `${((view.to - view.from) / durationSeconds) * 100}%`,
            }}
          />
        </div>
      )}
    </div>
  );
}

/** One instant written under the waveform; the first and the last stay inside its edges. */
function Tick({
  at,
  width,
  view,
  durationSeconds,
}: {
  at: number;
  width: number;
  view: View;
  durationSeconds: number;
}) {
  const x = placeOf(at, width, view);
  const shift = x < 20 ? '' : x > width - 28 ? '-translate-x-full' : '-translate-x-1/2';
  return (
    <span className={`absolute top-2 ${shift}`} style={{ left: `${x}px` }}>
      {formatClock(at, durationSeconds)}
    </span>
  );
}

function useWidth(element: HTMLElement | null): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (element === null) return;
    const sizes = new ResizeObserver(() => setWidth(element.clientWidth));
    sizes.observe(element);
    return () => sizes.disconnect();
  }, [element]);
  return width;
}

/** Ctrl or ⌘ with the wheel zooms at the pointer; sideways it moves along a zoomed sound. */
function useWheel(
  canvas: HTMLCanvasElement | null,
  durationSeconds: number,
  setView: (change: (view: View) => View) => void,
): void {
  useEffect(() => {
    if (canvas === null) return;
    const onWheel = (event: WheelEvent) => {
      const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
      if (!event.ctrlKey && !event.metaKey && !sideways) return;
      event.preventDefault();
      const width = canvas.clientWidth;
      const share = (event.clientX - canvas.getBoundingClientRect().left) / width;
      setView((view) => {
        const length = view.to - view.from;
        if (!sideways)
          return zoomView(view, 1.01 ** -event.deltaY, view.from + share * length, durationSeconds);
        const from = view.from + (event.deltaX / width) * length;
        return fitView({ from, to: from + length }, durationSeconds);
      });
    };
    canvas.addEventListener('wheel', onWheel, { passive: false });
    return () => canvas.removeEventListener('wheel', onWheel);
  }, [canvas, durationSeconds, setView]);
}
