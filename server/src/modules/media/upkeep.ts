import type { Chore } from '../../kernel/jobs/upkeep.ts';
import type { MediaContext } from './media-context.ts';
import { reconcileWork } from './reconcile-work.ts';
import { sweepFiles } from './sweep-files.ts';

const RECONCILE_MS = 60_000;
const SWEEP_MS = 3_600_000;

/** What workers look after: work without a job each minute, files without a row each hour. */
export function mediaChores(context: MediaContext): Chore[] {
  return [
    { name: 'reconciling', everyMs: RECONCILE_MS, work: () => reconcileWork(context) },
    { name: 'sweeping', everyMs: SWEEP_MS, work: (signal) => sweepFiles(context, undefined, signal) },
  ];
}
