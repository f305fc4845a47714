import type { Logger } from '../log/log.ts';

/** Something that workers do at their start and then again and again. */
export interface Chore {
  /** As the log says it when it failed, e.g. `sweeping`. */
  name: string;
  everyMs: number;
  /** `signal` aborts when the worker stops. */
  work(signal: AbortSignal): Promise<unknown>;
}

/** A worker's own care: each chore at once and then at its interval, never twice at the same time. */
export function startUpkeep(chores: readonly Chore[], log: Logger): { stop: () => Promise<void> } {
  const stopping = new AbortController();
  const running = new Map<Chore, Promise<unknown>>();
  const once = (chore: Chore) => {
    if (running.has(chore)) return;
    const done = chore
      .work(stopping.signal)
      .catch((error) => log.warn({ err: error }, `${chore.name} failed; it is tried again later`))
      .finally(() => running.delete(chore));
    running.set(chore, done);
  };
  const timers = chores.map((chore) => {
    once(chore);
    return setInterval(once, chore.everyMs, chore).unref();
  });
  return {
    stop: async () => {
      stopping.abort();
      for (const timer of timers) clearInterval(timer);
      await Promise.all(running.values());
    },
  };
}
