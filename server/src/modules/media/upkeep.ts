import type { Chore } from '../../kernel/jobs/upkeep.ts';
import { backfillAnalyses } from './analysis/backfill-analyses.ts';
import { sweepFetching } from './extraction/fetching-folder.ts';
import { reconcileWork } from './extraction/reconcile-work.ts';
import { applyRetention } from './keeping/apply-retention.ts';
import { emptyTrash } from './keeping/empty-trash.ts';
import { sweepFiles } from './keeping/sweep-files.ts';
import type { MediaContext } from './media-context.ts';
import { backfillFingerprints } from './similar/fingerprint-recording.ts';
import { finishLeftUploads } from './uploads/resume-whole.ts';
import { sweepUploads } from './uploads/sweep-uploads.ts';

const RECONCILE_MS = 60_000;
const SWEEP_MS = 3_600_000;
const DAY_MS = 86_400_000;
const USES_MS = 60_000;
const BACKFILL_MS = 600_000;
const FINISH_MS = 60_000;

/** What workers look after: work without a job, files without a row, sound that was never measured. */
export function mediaChores(context: MediaContext): Chore[] {
  return [
    { name: 'reconciling', everyMs: RECONCILE_MS, work: () => reconcileWork(context) },
    { name: 'asking for analyses', everyMs: BACKFILL_MS, work: () => backfillAnalyses(context) },
    {
      name: 'applying rules of retention',
      everyMs: DAY_MS,
      work: (signal) => applyRetention(context, { signal }),
    },
    { name: 'asking for fingerprints', everyMs: BACKFILL_MS, work: () => backfillFingerprints(context) },
    { name: 'emptying the trash', everyMs: SWEEP_MS, work: (signal) => emptyTrash(context, signal) },
    { name: 'sweeping', everyMs: SWEEP_MS, work: (signal) => sweepFiles(context, undefined, signal) },
    { name: 'sweeping segments', everyMs: SWEEP_MS, work: () => sweepFetching(context) },
  ];
}

/** What processes that take uploads look after: the unfinished files on their own machine. */
export function uploadChores(context: MediaContext): Chore[] {
  return [
    { name: 'noting what was heard', everyMs: USES_MS, work: () => context.uses.flush() },
    { name: 'finishing uploads', everyMs: FINISH_MS, work: (signal) => finishLeftUploads(context, signal) },
    { name: 'sweeping uploads', everyMs: SWEEP_MS, work: (signal) => sweepUploads(context, signal) },
  ];
}
