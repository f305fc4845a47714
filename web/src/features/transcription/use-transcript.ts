import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMay, useServices } from '../../app-services.ts';
import { useAskingMs, useLive } from '../../live-updates/use-live.ts';
import { isUnderWay, type Transcription, type TranscriptionPage } from './transcription.ts';
import { readTranscript } from './transcription-calls.ts';

/** Everything about the texts of recordings is asked again. */
export function renewTranscriptions(
  queries: QueryClient,
  recordingId: string | null = null,
): Promise<unknown> {
  return Promise.all([
    queries.invalidateQueries({ queryKey: ['transcriptions'] }),
    queries.invalidateQueries({
      queryKey: recordingId === null ? ['transcript'] : ['transcript', recordingId],
    }),
  ]);
}

/** Puts the progress that the socket tells into the lists that show it; the end of work is asked about. */
export function useTranscriptionNews(): void {
  const queries = useQueryClient();
  const mayRead = useMay('transcription.read');
  useLive(mayRead ? 'transcriptions' : null, ({ type, data }) => {
    const { transcription_id: id, recording_id: recordingId, progress, status } = data;
    if (type !== 'transcription_progress' || typeof progress !== 'number' || status !== 'processing') {
      void renewTranscriptions(queries, typeof recordingId === 'string' ? recordingId : null);
      return;
    }
    const told = (one: Transcription): Transcription =>
      one.id === id && isUnderWay(one) ? { ...one, status: 'processing', progress } : one;
    const isKnown = queries
      .getQueriesData<TranscriptionPage>({ queryKey: ['transcriptions'] })
      .some(([, page]) => page?.transcriptions.some((one) => one.id === id && one.status === 'processing'));
    // Work just begun has a beginning that only the server knows.
    if (!isKnown) void queries.invalidateQueries({ queryKey: ['transcriptions'] });
    queries.setQueriesData<TranscriptionPage>({ queryKey: ['transcriptions'] }, (page) =>
      page === undefined ? page : { ...page, transcriptions: page.transcriptions.map(told) },
    );
  });
}

/** The last request for a recording's text, for whoever may know of it; undefined while it is asked. */
export function useLastTranscription(recordingId: string) {
  const { session } = useServices();
  const mayRead = useMay('transcription.read');
  const askingMs = useAskingMs();
  useTranscriptionNews();
  return useQuery({
    queryKey: ['transcriptions', { recording_id: recordingId }],
    queryFn: ({ signal }) =>
      session.client.get('/api/transcriptions', {
        query: { recording_id: recordingId, limit: 5 },
        signal,
      }),
    enabled: mayRead,
    refetchInterval: ({ state }) => (state.data?.transcriptions.some(isUnderWay) ? askingMs : false),
  });
}

/** The text of a recording, null when there is none. Whoever may know asks only for one that is there. */
export function useTranscript(recordingId: string, isWanted: boolean) {
  const { session } = useServices();
  return useQuery({
    queryKey: ['transcript', recordingId],
    queryFn: ({ signal }) => readTranscript(session.client, recordingId, signal),
    enabled: isWanted,
    staleTime: Number.POSITIVE_INFINITY,
    // Ten hours of words are compared faster by asking again than leaf by leaf.
    structuralSharing: false,
  });
}
