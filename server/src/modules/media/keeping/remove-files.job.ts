import { handle, type JobHandler } from '../../../kernel/jobs/job.ts';
import { removeFilesJob } from '../jobs.ts';
import type { MediaContext } from '../media-context.ts';

/** `media.remove-files`: what a deleted recording leaves behind. */
export function removeFilesHandler(context: MediaContext): JobHandler {
  return handle(removeFilesJob, async () => {
    const { removeUnreferenced } = await import('./remove-files.ts');
    return async ({ keys }) => void (await removeUnreferenced(context, keys));
  });
}
