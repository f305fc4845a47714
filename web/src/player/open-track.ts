import { ApiProblem, type Client } from '@antenne/client';
import { expiryOf, type Source, type Track } from './track.ts';

/** Makes the function that asks the server for a signed address of a track. */
export function createOpenTrack(client: Client, maySign: () => boolean): (track: Track) => Promise<Source> {
  return async (track) => {
    if (track.kind === 'recording') {
      // A public one opens without a signature, which only whoever may hear the others can ask for.
      if (!maySign())
        return { url: `/api/recordings/${encodeURIComponent(track.id)}/audio`, expiresAt: null };
      const { url, expires } = await client.post('/api/recordings/{id}/sign', {
        path: { id: track.id },
        body: {},
      });
      return { url, expiresAt: expires };
    }
    const streaming = await client.get('/api/debats/{id}/streaming', { path: { id: track.id } });
    if (!streaming.audio_available || streaming.stream_url === null) throw noSound(streaming.message);
    return { url: streaming.stream_url, expiresAt: expiryOf(streaming.stream_url) };
  };
}

function noSound(message: string | null): ApiProblem {
  return new ApiProblem({
    status: 404,
    type: 'urn:antenne:problem:archive.no-sound',
    title: 'No sound',
    detail: message ?? 'This debate has no sound yet.',
    errors: [],
    requestId: null,
    retryAfterSeconds: null,
    extra: {},
  });
}
