/** The part of a sound that is on view, in seconds. */
export interface View {
  from: number;
  to: number;
}

/** No closer than this: beyond, peaks have nothing more to show. */
export const closestViewSeconds = 4;

const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);

/**
 * One height (0 to 1) for each point. The server gives the lowest and the highest value of each in turn
 * (−1 to 1), as audiowaveform does; the picture is the same on both sides of its axis.
 */
export function heightsOf(peaks: readonly number[], pointCount: number): number[] {
  if (pointCount === 0 || peaks.length < pointCount * 2) return peaks.map(Math.abs);
  return Array.from({ length: pointCount }, (_, point) =>
    Math.max(Math.abs(peaks[point * 2] ?? 0), Math.abs(peaks[point * 2 + 1] ?? 0)),
  );
}

/** The highest peak under each of `count` bars over the part of the sound between two fractions of it. */
export function barsOf(peaks: readonly number[], fromFraction: number, toFraction: number, count: number) {
  const bars = new Float32Array(Math.max(0, count));
  if (peaks.length === 0) return bars;
  const first = fromFraction * peaks.length;
  const step = ((toFraction - fromFraction) * peaks.length) / Math.max(1, count);
  for (let bar = 0; bar < bars.length; bar += 1) {
    const start = clamp(Math.floor(first + bar * step), 0, peaks.length - 1);
    const end = clamp(Math.ceil(first + (bar + 1) * step), start + 1, peaks.length);
    let highest = 0;
    for (let index = start; index < end; index += 1) highest = Math.max(highest, peaks[index] ?? 0);
    bars[bar] = highest;
  }
  return bars;
}

/** What to multiply peaks by so that speech fills the height: the loudest 2 % may touch the edge. */
export function gainOf(peaks: readonly number[]): number {
  const sorted = peaks.filter((peak) => peak > 0.001).sort((a, b) => a - b);
  const loud = sorted[Math.floor(sorted.length * 0.98)] ?? 0;
  return loud === 0 ? 1 : Math.min(8, 1 / loud);
}

/** Keeps a view inside the sound, no shorter than the closest and no longer than the whole. */
export function fitView(view: View, durationSeconds: number): View {
  const length = clamp(view.to - view.from, Math.min(closestViewSeconds, durationSeconds), durationSeconds);
  const from = clamp(view.from, 0, Math.max(0, durationSeconds - length));
  return { from, to: from + length };
}

/** Zooms by a factor (> 1 comes closer) while the anchor stays at the same place of the screen. */
export function zoomView(view: View, factor: number, anchorSeconds: number, durationSeconds: number): View {
  const length = clamp(
    (view.to - view.from) / factor,
    Math.min(closestViewSeconds, durationSeconds),
    durationSeconds,
  );
  const share = (anchorSeconds - view.from) / Math.max(0.001, view.to - view.from);
  const from = anchorSeconds - clamp(share, 0, 1) * length;
  return fitView({ from, to: from + length }, durationSeconds);
}

/** Turns the page when the playhead leaves the view; stays where it is otherwise. */
export function followView(view: View, seconds: number, durationSeconds: number): View {
  if (seconds >= view.from && seconds <= view.to) return view;
  const length = view.to - view.from;
  const from = seconds - length * 0.08;
  return fitView({ from, to: from + length }, durationSeconds);
}

export const secondAt = (x: number, width: number, view: View): number =>
  view.from + clamp(x / Math.max(1, width), 0, 1) * (view.to - view.from);

export const placeOf = (seconds: number, width: number, view: View): number =>
  ((seconds - view.from) / Math.max(0.001, view.to - view.from)) * width;

const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400];

/** The round instants to write under a view, at least `spacing` pixels apart. */
export function ticksOf(view: View, width: number, spacing = 88): number[] {
  const perPixel = (view.to - view.from) / Math.max(1, width);
  const step = steps.find((candidate) => candidate / perPixel >= spacing) ?? 28_800;
  const ticks: number[] = [];
  for (let at = Math.ceil(view.from / step) * step; at <= view.to; at += step) ticks.push(at);
  return ticks;
}

/** How many peaks to ask for, so that each bar of a zoomed view has its own; in a few sizes that cache well. */
export function resolutionFor(view: View, durationSeconds: number): number {
  const zoom = durationSeconds / Math.max(closestViewSeconds, view.to - view.from);
  return zoom <= 2 ? 2000 : zoom <= 5 ? 5000 : 10_000;
}
