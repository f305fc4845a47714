/** Turns ffmpeg's `-progress` lines into a fraction that never goes back and never passes 1. */
export class ProgressReader {
  readonly #durationMs: number;
  readonly #onProgress: (fraction: number) => void;
  #rest = '';
  #highest = 0;
  /** Where the run is, or where it ended. */
  positionMs = 0;

  constructor(durationMs: number, onProgress: (fraction: number) => void) {
    this.#durationMs = Math.max(1, durationMs);
    this.#onProgress = onProgress;
  }

  push(chunk: Buffer): void {
    const lines = (this.#rest + chunk.toString('latin1')).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#read(line);
  }

  /** Also for callers that know the position themselves. */
  report(positionMs: number): void {
    const fraction = Math.min(1, positionMs / this.#durationMs);
    if (!(fraction > this.#highest)) return;
    this.#highest = fraction;
    this.#onProgress(fraction);
  }

  /** `out_time_us` is missing in old builds, and `out_time_ms` is in microseconds in all of them. */
  #read(line: string): void {
    const micros = /^out_time_(?:us|ms)=(\d+)$/.exec(line)?.[1];
    if (micros === undefined) return;
    this.positionMs = Number(micros) / 1000;
    this.report(this.positionMs);
  }
}

const reportEveryMs = 300;

/** Lets a report through a few times a second. */
export function throttled(report: () => void): () => void {
  let lastMs = Number.NEGATIVE_INFINITY;
  return () => {
    const nowMs = performance.now();
    if (nowMs - lastMs < reportEveryMs) return;
    lastMs = nowMs;
    report();
  };
}
