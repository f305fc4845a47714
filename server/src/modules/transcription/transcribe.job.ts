import { handle, type JobHandler } from '../../kernel/jobs/job.ts';
import { transcribeJob } from './jobs.ts';
import type { TranscriptionContext } from './transcription-context.ts';

/** `transcription.transcribe`, two at once in each worker. */
export function transcribeHandler(context: TranscriptionContext): JobHandler {
  return handle(transcribeJob, async () => {
    const { transcribe } = await import('./transcribe.ts');
    return (payload, run) => transcribe(context, payload, run);
  });
}
