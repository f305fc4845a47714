import { barsOf, placeOf, type View } from './peaks.ts';
import type { Silence } from './silences.ts';

export interface WaveformInk {
  rest: string;
  restBody: string;
  played: string;
  playedBody: string;
  playhead: string;
  silence: string;
  silenceEdge: string;
}

export interface WaveformDrawing {
  peaks: readonly number[];
  rms: readonly number[];
  gain: number;
  /** What peaks and RMS stand for; the whole sound, or a part of it. */
  span: View;
  silences: readonly Silence[];
  /** What each frequency does, as wide as the whole sound; null: not shown. */
  spectrogram: HTMLCanvasElement | null;
  view: View;
  durationSeconds: number;
  positionSeconds: number;
  /** Where a pointer rests, in pixels, or null. */
  hoverX: number | null;
  ink: WaveformInk;
}

const barWidth = 2;
const barGap = 1;

/** The part of the height that the waveform keeps when the spectrogram is below it. */
const waveformShare = 0.45;
const spectrogramGap = 8;

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
  const waveHeight = drawing.spectrogram === null ? height : Math.round(height * waveformShare);
  drawSilences(context, width, waveHeight, drawing);
  if (durationSeconds > 0 && drawing.peaks.length > 0)
    drawBars(context, width, waveHeight, drawing, playheadX);
  else drawLine(context, width, waveHeight, playheadX, ink);
  drawSpectrogram(context, width, waveHeight + spectrogramGap, height, drawing);
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
  { peaks, rms, gain, span, view, ink }: WaveformDrawing,
  playheadX: number,
): void {
  const count = Math.floor(width / (barWidth + barGap));
  const length = Math.max(0.001, span.to - span.from);
  const from = (view.from - span.from) / length;
  const to = (view.to - span.from) / length;
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

const narrowestSilence = 3;

/** Silences as a ground of their own; those too narrow to be seen at this distance are left out. */
function drawSilences(
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
  { silences, view, ink }: WaveformDrawing,
): void {
  for (const { start, end } of silences) {
    if (end <= view.from || start >= view.to) continue;
    const x = Math.max(0, placeOf(start, width, view));
    const wide = Math.min(width, placeOf(end, width, view)) - x;
    if (wide < narrowestSilence) continue;
    context.fillStyle = ink.silence;
    context.fillRect(x, 0, wide, height);
    context.fillStyle = ink.silenceEdge;
    context.fillRect(x, height - 2, wide, 2);
  }
}

/** The part on view of the picture of the whole, between two heights. */
function drawSpectrogram(
  context: CanvasRenderingContext2D,
  width: number,
  top: number,
  bottom: number,
  { spectrogram, view, durationSeconds }: WaveformDrawing,
): void {
  if (spectrogram === null || durationSeconds <= 0) return;
  const perSecond = spectrogram.width / durationSeconds;
  const from = view.from * perSecond;
  const wide = Math.max(0.01, (view.to - view.from) * perSecond);
  context.drawImage(spectrogram, from, 0, wide, spectrogram.height, 0, top, width, bottom - top);
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
    silence: token('--paper-sunk'),
    silenceEdge: token('--line'),
  };
}
