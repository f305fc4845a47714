import { ApiProblem, type Client } from '@antenne/client';
import { queryOptions } from '@tanstack/react-query';

const askAgainMs = 10_000;

/** True while the server measures an older recording: the answer comes in a moment. */
export const isStillMeasured = (problem: unknown): boolean =>
  problem instanceof ApiProblem && problem.type.endsWith(':media.not-ready');

/** Asks again when the server said when. */
const whenMeasured = {
  staleTime: Number.POSITIVE_INFINITY,
  refetchInterval: ({ state }: { state: { error: unknown } }) => {
    if (!isStillMeasured(state.error)) return false as const;
    const seconds = state.error instanceof ApiProblem ? state.error.retryAfterSeconds : null;
    return seconds === null ? askAgainMs : seconds * 1000;
  },
};

/** Where a recording is silent. */
export const silencesOf = (client: Client, recordingId: string) =>
  queryOptions({
    queryKey: ['silences', recordingId],
    queryFn: ({ signal }) =>
      client.get('/api/recordings/{id}/silences', { path: { id: recordingId }, signal }),
    ...whenMeasured,
  });

/** How a recording is parted; an empty list when it is not. */
export const chaptersOf = (client: Client, recordingId: string) =>
  queryOptions({
    queryKey: ['chapters', recordingId],
    queryFn: async ({ signal }) =>
      (await client.get('/api/recordings/{id}/chapters', { path: { id: recordingId }, signal })).chapters,
    staleTime: Number.POSITIVE_INFINITY,
  });

/** How loud a recording is, and what is wrong with it. */
export const loudnessOf = (client: Client, recordingId: string) =>
  queryOptions({
    queryKey: ['loudness', recordingId],
    queryFn: ({ signal }) =>
      client.get('/api/recordings/{id}/loudness', { path: { id: recordingId }, signal }),
    ...whenMeasured,
  });

/** What the spectrogram spans. */
export const spectrumOf = (client: Client, recordingId: string) =>
  queryOptions({
    queryKey: ['spectrum', recordingId],
    queryFn: ({ signal }) =>
      client.get('/api/recordings/{id}/spectrum', { path: { id: recordingId }, signal }),
    ...whenMeasured,
  });
