import Type from 'typebox';
import { defineJob } from '../../kernel/jobs/job.ts';

/** Time limits are the run's own (TRANSCRIPTION_TIMEOUT); the queue's is only the last net. */
const LAST_NET_SECONDS = 23 * 3600;

/**
 * Works on one transcription, going on where an earlier run stopped. A worker that dies costs its work no time to
 * think: the next one comes a second after it is missed. Faults wait longer, by `Jobs.again`.
 */
export const transcribeJob = defineJob({
  name: 'transcription.transcribe',
  payload: Type.Object({ organisationId: Type.String(), transcriptionId: Type.String() }),
  retryLimit: 100,
  retryDelaySeconds: 1,
  retryBackoff: false,
  expireSeconds: LAST_NET_SECONDS,
  concurrency: 2,
});
