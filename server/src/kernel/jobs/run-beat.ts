import type { Logger } from '../log/log.ts';

const TICK_MS = 1_000;
/** Even work that says nothing shows that it lives. */
const SILENT_TICKS = 5;

/** Another run, a cancel or a removal has taken the row: everything this run made is thrown away. */
export class RunLost extends Error {
  constructor() {
    super('the work was cancelled, removed or taken over');
    this.name = 'RunLost';
  }
}

/** The heartbeat of one run, which carries its progress. */
export interface RunBeat {
  /** Aborts with RunLost when the row is no longer this run's. */
  readonly signal: AbortSignal;
  /** Percent so far; written at the next tick when it changed. */
  report(percent: number): void;
  /** Something beside the percent has changed: it is written at the next tick. */
  touch(): void;
  /** Ends the ticks and waits for a write under way. */
  stop(): Promise<void>;
}

/** Writes progress at most once a second; `save` answers false when the run no longer owns its row. */
export function startBeat(start: number, save: (percent: number) => Promise<boolean>, log: Logger): RunBeat {
  const lost = new AbortController();
  let percent = start;
  let written = start;
  let silentTicks = 0;
  let writing: Promise<void> | null = null;
  let isTouched = false;

  async function write(): Promise<void> {
    const value = percent;
    isTouched = false;
    try {
      if (!(await save(value))) lost.abort(new RunLost());
      written = value;
      silentTicks = 0;
    } catch (error) {
      // The database may be away for a moment; the next tick tries again.
      log.warn({ err: error }, 'progress could not be written');
    }
  }

  const timer = setInterval(() => {
    silentTicks++;
    if (writing !== null || (percent === written && !isTouched && silentTicks < SILENT_TICKS)) return;
    writing = write().finally(() => {
      writing = null;
    });
  }, TICK_MS);
  timer.unref();

  return {
    signal: lost.signal,
    report: (value) => {
      percent = Math.max(percent, value);
    },
    touch: () => {
      isTouched = true;
    },
    stop: async () => {
      clearInterval(timer);
      await writing;
    },
  };
}
