import type { Chore } from '../../kernel/jobs/upkeep.ts';
import { reconcileWork } from './reconcile-work.ts';
import type { TranscriptionContext } from './transcription-context.ts';

/** With the 12 s after which work counts as silent: taken up again within 20 s, whatever became of its job. */
const RECONCILE_MS = 5_000;

/** What workers look after: work without a job. */
export function transcriptionChores(context: TranscriptionContext): Chore[] {
  return [
    {
      name: 'looking for transcriptions without a job',
      everyMs: RECONCILE_MS,
      work: () => reconcileWork(context),
    },
  ];
}
