import { type KeyboardEvent, type PointerEvent, useCallback, useEffect, useRef, useState } from 'react';
import { usePlayerState, useServices } from '../app-services.ts';
import { formatClock, formatPlace } from '../i18n/clock-time.ts';
import { useText } from '../i18n/language.ts';
import { drawWaveform, readInk } from './draw-waveform.ts';
import { placeOf, secondAt, type View } from './peaks.ts';
import type { Silence } from './silences.ts';
import { type Track, trackKey } from './track.ts';
import { useFineWaveform } from './use-fine-waveform.ts';
import { useWaveform } from './use-waveform.ts';

interface WaveformProps {
  track: Track;
  durationSeconds: number;
  view: View;
  resolution?: number;
  silences?: readonly Silence[];
  spectrogram?: HTMLCanvasElement | null;
  className: string;
  /** Called on every drawn frame while this sound plays, with the exact second. */
  onFrame?: (seconds: number) => void;
  /** Keys beyond those of a slider; returns true when it took the key. */
  onKey?: (event: KeyboardEvent) => boolean;
  canvasRef?: (canvas: HTMLCanvasElement | null) => void;
}

/** In so close a view a second is wide: the instant under the pointer is told to its tenth. */
const tenthsWithinSeconds = 60;

const noSilences: readonly Silence[] = [];

const keySteps: Record<string, number> = {
  ArrowLeft: -5,
  ArrowDown: -5,
  ArrowRight: 5,
  ArrowUp: 5,
  PageDown: -60,
  PageUp: 60,
};

/** The picture of a sound: shows where it is, tells the instant under the pointer, goes where one clicks. */
export function Waveform({
  track,
  durationSeconds,
  view,
  resolution,
  silences = noSilences,
  spectrogram = null,
  className,
  onFrame,
  onKey,
  canvasRef,
}: WaveformProps) {
  const { player } = useServices();
  const { t } = useText();
  const key = trackKey(track);
  const isCurrent = usePlayerState((state) => state.track !== null && trackKey(state.track) === key);
  const isPlaying = usePlayerState((state) => state.phase === 'playing') && isCurrent;
  const position = usePlayerState((state) => (isCurrent ? state.positionSeconds : -1));
  const whole = useWaveform(track.recordingId, resolution);
  const fine = useFineWaveform(track.recordingId, view, durationSeconds);
  const { peaks, rms } = fine ?? whole;
  const canvas = useRef<HTMLCanvasElement>(null);
  const dragSeconds = useRef<number | null>(null);
  const [hoverX, setHoverX] = useState<number | null>(null);
  const shown = position >= 0 ? position : player.startOf(track);

  const draw = useCallback(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (element == null || context == null) return;
    const { clientWidth: width, clientHeight: height } = element;
    const scale = devicePixelRatio;
    if (element.width !== Math.round(width * scale) || element.height !== Math.round(height * scale)) {
      element.width = Math.round(width * scale);
      element.height = Math.round(height * scale);
    }
    context.setTransform(scale, 0, 0, scale, 0, 0);
    const positionSeconds = dragSeconds.current ?? player.startOf(track);
    const ink = readInk(element, isPlaying);
    drawWaveform(context, width, height, {
      peaks,
      rms,
      gain: whole.gain,
      span: fine?.span ?? { from: 0, to: durationSeconds },
      silences,
      spectrogram,
      view,
      durationSeconds,
      positionSeconds,
      hoverX,
      ink,
    });
  }, [
    player,
    track,
    peaks,
    rms,
    whole.gain,
    fine,
    silences,
    spectrogram,
    view,
    durationSeconds,
    hoverX,
    isPlaying,
  ]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `shown` is not read here, but it moves the playhead.
  useEffect(draw, [draw, shown]);
  useRedraw(canvas, draw);
  useEffect(() => {
    if (!isPlaying) return;
    let frame = requestAnimationFrame(function next() {
      draw();
      onFrame?.(player.now());
      frame = requestAnimationFrame(next);
    });
    return () => cancelAnimationFrame(frame);
  }, [isPlaying, draw, onFrame, player]);

  const place = (event: PointerEvent) => event.clientX - event.currentTarget.getBoundingClientRect().left;
  const secondUnder = (event: PointerEvent) => secondAt(place(event), event.currentTarget.clientWidth, view);
  const go = (seconds: number) => {
    if (player.isCurrent(track)) player.seek(seconds);
    else player.play(track, seconds);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const step = keySteps[event.key];
    if (step !== undefined) go(Math.max(0, player.startOf(track) + step));
    else if (event.key === 'Home') go(0);
    else if (event.key === 'End') go(durationSeconds - 1);
    else if (onKey?.(event) !== true) return;
    event.preventDefault();
    event.stopPropagation();
  };

  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    dragSeconds.current = secondUnder(event);
    draw();
  };
  const onPointerMove = (event: PointerEvent) => {
    setHoverX(place(event));
    if (dragSeconds.current !== null) dragSeconds.current = secondUnder(event);
  };
  const onPointerUp = () => {
    if (dragSeconds.current !== null) go(dragSeconds.current);
    dragSeconds.current = null;
  };
  const onPointerLeave = () => {
    setHoverX(null);
    dragSeconds.current = null;
  };

  const width = canvas.current?.clientWidth ?? 0;
  const hovered = hoverX === null ? null : secondAt(hoverX, width, view);
  return (
    <div className="relative">
      <canvas
        ref={(element) => {
          canvas.current = element;
          canvasRef?.(element);
        }}
        role="slider"
        tabIndex={0}
        aria-label={t('player.position')}
        aria-valuemin={0}
        aria-valuemax={Math.round(durationSeconds)}
        aria-valuenow={Math.round(shown)}
        aria-valuetext={t('player.positionValue', {
          time: formatClock(shown, durationSeconds),
          total: formatClock(durationSeconds),
        })}
        className={`block w-full cursor-crosshair touch-pan-y ${className}`}
        onKeyDown={onKeyDown}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerLeave={onPointerLeave}
        onPointerCancel={onPointerLeave}
      />
      {hovered !== null && (
        <span
          aria-hidden="true"
          className="pointer-events-none absolute bottom-full mb-1 -translate-x-1/2 rounded-(--radius) bg-ink px-1.5 py-0.5 text-note text-paper"
          style={{ left: `${Math.min(Math.max(placeOf(hovered, width, view), 24), width - 24)}px` }}
        >
          {view.to - view.from <= tenthsWithinSeconds
            ? formatPlace(hovered)
            : formatClock(hovered, durationSeconds)}
        </span>
      )}
    </div>
  );
}

/** Draws again when the size or the theme of the page changes. */
function useRedraw(canvas: { current: HTMLCanvasElement | null }, draw: () => void): void {
  useEffect(() => {
    const sizes = new ResizeObserver(draw);
    if (canvas.current !== null) sizes.observe(canvas.current);
    const themes = new MutationObserver(draw);
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    return () => {
      sizes.disconnect();
      themes.disconnect();
    };
  }, [canvas, draw]);
}
