import { addressOf } from '@antenne/client';
import { useQueries, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useMay, useServices } from '../app-services.ts';
import {
  type FinePeaks,
  headerBytes,
  joinFine,
  needsFine,
  pointsOf,
  rangesOf,
  readFine,
  stretchesOf,
} from './fine-peaks.ts';
import type { View } from './peaks.ts';

const signedForMs = 3_600_000;

async function bytesOf(address: string, [from, to]: readonly [number, number], signal: AbortSignal) {
  const reply = await fetch(address, { headers: { range: `bytes=${from}-${to}` }, signal });
  if (reply.status !== 206) throw new Error(`the waveform answered ${reply.status}`);
  return reply.arrayBuffer();
}

/** Where the finest waveform is to be had, and how many points it has. */
function useFile(recordingId: string | null) {
  const { session } = useServices();
  const maySign = useMay('media.read');
  return useQuery({
    queryKey: ['waveform.dat', recordingId, maySign],
    queryFn: async ({ signal }) => {
      const path = { id: recordingId ?? '' };
      const address = maySign
        ? (await session.client.post('/api/recordings/{id}/sign', { path, body: { path: 'waveform.dat' } }))
            .url
        : addressOf('', '/api/recordings/{id}/waveform.dat', { path });
      return { address, points: pointsOf(await bytesOf(address, [0, headerBytes - 1], signal)) ?? 0 };
    },
    enabled: recordingId !== null,
    staleTime: signedForMs,
    retry: false,
  });
}

const dataOf = (results: { data?: FinePeaks | null | undefined }[]) =>
  results.map(({ data }) => data ?? null);

/** The waveform on view to 10 ms once one looks that closely; null further away, and until it is there. */
export function useFineWaveform(
  recordingId: string | null,
  view: View,
  durationSeconds: number,
): FinePeaks | null {
  const isWanted = recordingId !== null && needsFine(view, durationSeconds);
  const file = useFile(isWanted ? recordingId : null);
  const points = file.data?.points ?? 0;
  const stretches = isWanted ? stretchesOf(view) : [];
  const parts = useQueries({
    queries: stretches.map((stretch) => ({
      queryKey: ['waveform.dat', recordingId, 'stretch', stretch],
      queryFn: async ({ signal }: { signal: AbortSignal }) => {
        const ranges = rangesOf(stretch, points);
        if (ranges === null || file.data === undefined) return null;
        const { address } = file.data;
        const both = [bytesOf(address, ranges.peaks, signal), bytesOf(address, ranges.rms, signal)] as const;
        return readFine(ranges.span, ...(await Promise.all(both)));
      },
      enabled: points > 0,
      staleTime: Number.POSITIVE_INFINITY,
      retry: false,
    })),
    combine: dataOf,
  });
  return useMemo(() => {
    const there = parts.filter((part) => part !== null);
    return there.length < parts.length ? null : joinFine(there);
  }, [parts]);
}
