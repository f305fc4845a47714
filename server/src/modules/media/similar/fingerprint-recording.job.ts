import { handle, type JobHandler } from '../../../kernel/jobs/job.ts';
import { fingerprintRecordingJob } from '../jobs.ts';
import type { MediaContext } from '../media-context.ts';

/** `media.fingerprint-recording`, one at a time in each worker: nobody waits for it. */
export function fingerprintRecordingHandler(context: MediaContext): JobHandler {
  return handle(fingerprintRecordingJob, async () => {
    const { fingerprintRecording } = await import('./fingerprint-recording.ts');
    return (payload, run) => fingerprintRecording(context, payload, run);
  });
}
