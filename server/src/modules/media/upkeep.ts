import type { MediaContext } from './media-context.ts';
import { reconcileWork } from './reconcile-work.ts';
import { sweepFiles } from './sweep-files.ts';

const RECONCILE_MS = 60_000;
const SWEEP_MS = 3_600_000;

/** A worker's own care: work without a job each minute, files without a row each hour, both at its start. */
export function startUpkeep(context: MediaContext): { stop: () => Promise<void> } {
  const stopping = new AbortController();
  const running = new Set<Promise<unknown>>();
  const once = (name: string, work: () => Promise<unknown>) => {
    const done = work()
      .catch((error) => context.log.warn({ err: error }, `${name} failed; it is tried again later`))
      .finally(() => running.delete(done));
    running.add(done);
  };
  const reconcile = () => once('reconciling', () => reconcileWork(context));
  const sweep = () => once('sweeping', () => sweepFiles(context, undefined, stopping.signal));
  reconcile();
  sweep();
  const timers = [setInterval(reconcile, RECONCILE_MS), setInterval(sweep, SWEEP_MS)];
  for (const timer of timers) timer.unref();
  return {
    stop: async () => {
      stopping.abort();
      for (const timer of timers) clearInterval(timer);
      await Promise.all(running);
    },
  };
}
