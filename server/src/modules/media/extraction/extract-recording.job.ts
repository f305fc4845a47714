import { handle, type JobHandler } from '../../../kernel/jobs/job.ts';
import { extractRecordingJob } from '../jobs.ts';
import type { MediaContext } from '../media-context.ts';

/** `media.extract-recording`, MAX_CONCURRENT_EXTRACTIONS at once in all workers together. */
export function extractRecordingHandler(context: MediaContext): JobHandler {
  const limit = context.kernel.config.maxConcurrentExtractions;
  const job = { ...extractRecordingJob, concurrency: limit, totalConcurrency: limit };
  return handle(job, async () => {
    const { extractRecording } = await import('./extract-recording.ts');
    return (payload, run) => extractRecording(context, payload, run);
  });
}
