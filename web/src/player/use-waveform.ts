import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useServices } from '../app-services.ts';
import { gainOf, heightsOf } from './peaks.ts';

const none: number[] = [];

/** The peaks of a recording at a resolution; empty while they come, or when there are none. */
export function useWaveform(recordingId: string | null, resolution = 2000) {
  const { session } = useServices();
  const waveform = useQuery({
    queryKey: ['waveform', recordingId, resolution],
    queryFn: ({ signal }) =>
      session.client.get('/api/recordings/{id}/waveform', {
        path: { id: recordingId ?? '' },
        query: { resolution },
        signal,
      }),
    enabled: recordingId !== null,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });
  return useMemo(() => {
    const rms = waveform.data?.rms ?? none;
    const peaks = heightsOf(waveform.data?.peaks ?? none, rms.length);
    return { peaks, rms, gain: gainOf(peaks) };
  }, [waveform.data]);
}
