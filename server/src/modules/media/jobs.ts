import Type from 'typebox';
import { defineJob } from '../../kernel/jobs/job.ts';

/**
 * Time limits are the handlers' own (EXTRACTION_TIMEOUT); the queue's is only the last net. A dead worker is noticed
 * by its missing heartbeat, long before.
 */
const LAST_NET_SECONDS = 23 * 3600;

/** Fetches, probes and encodes one recording, going on at the stage that an earlier run reached. */
export const extractRecordingJob = defineJob({
  name: 'media.extract-recording',
  payload: Type.Object({ organisationId: Type.String(), recordingId: Type.String() }),
  retryLimit: 10,
  retryDelaySeconds: 3,
  expireSeconds: LAST_NET_SECONDS,
});

/** Encodes one rendition that someone asked for; everyone who asks for the same waits for this job. */
export const makeRenditionJob = defineJob({
  name: 'media.make-rendition',
  payload: Type.Object({ organisationId: Type.String(), renditionId: Type.String() }),
  retryLimit: 5,
  retryDelaySeconds: 3,
  expireSeconds: LAST_NET_SECONDS,
});

/** Measures a recording that was ready before sound was measured as it is now. */
export const analyseRecordingJob = defineJob({
  name: 'media.analyse-recording',
  payload: Type.Object({ organisationId: Type.String(), recordingId: Type.String() }),
  retryLimit: 3,
  retryDelaySeconds: 30,
  expireSeconds: LAST_NET_SECONDS,
  concurrency: 1,
});

/** Takes the fingerprint of a recording that is ready. */
export const fingerprintRecordingJob = defineJob({
  name: 'media.fingerprint-recording',
  payload: Type.Object({ organisationId: Type.String(), recordingId: Type.String() }),
  retryLimit: 3,
  retryDelaySeconds: 30,
  expireSeconds: LAST_NET_SECONDS,
  concurrency: 1,
});

/** Removes the files of a recording whose row is gone. */
export const removeFilesJob = defineJob({
  name: 'media.remove-files',
  payload: Type.Object({ keys: Type.Array(Type.String()) }),
  retryLimit: 10,
  retryDelaySeconds: 30,
  concurrency: 1,
});
