import { barsOf, placeOf, type View } from './peaks.ts';

export interface WaveformInk {
  rest: string;
  restBody: string;
  played: string;
  playedBody: string;
  playhead: string;
}

export interface WaveformDrawing {
  peaks: readonly number[];
  rms: readonly number[];
  gain: number;
  view: View;
  durationSeconds: number;
  positionSeconds: number;
  /** Where a pointer rests, in pixels, or null. */
  hoverX: number | null;
  ink: WaveformInk;
}

const barWidth = 2;
const barGap = 1;

/** Draws bars of peaks with the body of the sound (RMS) inside, then the playhead. Sizes in CSS pixels. */
export function drawWaveform(
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
  drawing: WaveformDrawing,
): void {
  context.clearRect(0, 0, width, height);
  const { view, durationSeconds, positionSeconds, ink } = drawing;
  const playheadX = placeOf(positionSeconds, width, view);
  if (durationSeconds > 0 && drawing.peaks.length > 0) drawBars(context, width, height, drawing, playheadX);
  else drawLine(context, width, height, playheadX, ink);
  if (drawing.hoverX !== null) {
    context.fillStyle = ink.restBody;
    context.fillRect(Math.round(drawing.hoverX), 0, 1, height);
  }
  if (playheadX >= 0 && playheadX <= width) {
    context.fillStyle = ink.playhead;
    context.fillRect(Math.min(width - 2, Math.max(0, Math.round(playheadX) - 1)), 0, 2, height);
  }
}

function drawBars(
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
  { peaks, rms, gain, view, durationSeconds, ink }: WaveformDrawing,
  playheadX: number,
): void {
  const count = Math.floor(width / (barWidth + barGap));
  const from = view.from / durationSeconds;
  const to = view.to / durationSeconds;
  const layers = [
    { bars: barsOf(peaks, from, to, count), played: ink.played, rest: ink.rest },
    { bars: barsOf(rms, from, to, count), played: ink.playedBody, rest: ink.restBody },
  ];
  for (const { bars, played, rest } of layers) {
    for (let bar = 0; bar < count; bar += 1) {
      const x = bar * (barWidth + barGap);
      const level = Math.min(1, (bars[bar] ?? 0) * gain);
      const tall = Math.max(2, Math.round(level * height));
      context.fillStyle = x < playheadX ? played : rest;
      context.fillRect(x, Math.round((height - tall) / 2), barWidth, tall);
    }
  }
}

/** Without peaks (not made yet, or refused) the time still has its line. */
function drawLine(
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
  playheadX: number,
  ink: WaveformInk,
): void {
  const y = Math.round(height / 2) - 1;
  context.fillStyle = ink.rest;
  context.fillRect(0, y, width, 2);
  context.fillStyle = ink.playedBody;
  context.fillRect(0, y, Math.min(width, Math.max(0, playheadX)), 2);
}

/** Reads the inks from the tokens of the page; `live` when this sound is the one being heard. */
export function readInk(element: Element, live: boolean): WaveformInk {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    rest: token('--wave'),
    restBody: token('--wave-body'),
    played: live ? token('--signal-soft') : token('--wave-body'),
    playedBody: live ? token('--signal') : token('--ink'),
    playhead: live ? token('--signal') : token('--ink'),
  };
}
