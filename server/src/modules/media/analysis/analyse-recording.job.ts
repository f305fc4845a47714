import { handle, type JobHandler } from '../../../kernel/jobs/job.ts';
import { analyseRecordingJob } from '../jobs.ts';
import type { MediaContext } from '../media-context.ts';

/** `media.analyse-recording`, one at a time in each worker: nobody waits for sound to play because of it. */
export function analyseRecordingHandler(context: MediaContext): JobHandler {
  return handle(analyseRecordingJob, async () => {
    const { analyseRecording } = await import('./analyse-recording.ts');
    return (payload, run) => analyseRecording(context, payload, run);
  });
}
