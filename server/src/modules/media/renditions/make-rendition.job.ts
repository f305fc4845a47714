import { handle, type JobHandler } from '../../../kernel/jobs/job.ts';
import { makeRenditionJob } from '../jobs.ts';
import type { MediaContext } from '../media-context.ts';

/** `media.make-rendition`: people wait for these, so they have places of their own beside extractions. */
export function makeRenditionHandler(context: MediaContext): JobHandler {
  return handle(makeRenditionJob, async () => {
    const { makeRendition } = await import('./make-rendition.ts');
    return (payload, run) => makeRendition(context, payload, run);
  });
}
