import { handle, type JobHandler } from '../../kernel/jobs/job.ts';
import { extractRecordingJob } from './jobs.ts';
import type { MediaContext } from './media-context.ts';

/** `media.extract-recording`, MAX_CONCURRENT_EXTRACTIONS at once in each worker. */
export function extractRecordingHandler(context: MediaContext): JobHandler {
  const job = { ...extractRecordingJob, concurrency: context.kernel.config.maxConcurrentExtractions };
  return handle(job, async () => {
    const { extractRecording } = await import('./extract-recording.ts');
    return (payload, run) => extractRecording(context, payload, run);
  });
}
