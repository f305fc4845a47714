import { ApiProblem, addressOf, type Client } from '@antenne/client';
import { askFor, expiryOf, type Rendition, type Source, type Track } from './track.ts';

/** Upper ends of the spans that HLS names, in kbit/s. */
const spans = [96, 128, 192, 320];

/** In how many qualities a recording can be streamed; one is no choice, and its file needs no further program. */
export function streamedQualities(renditions: readonly Rendition[]): number {
  const rates = renditions
    .filter(({ format, normalised }) => normalised === null && (format === 'mp3' || format === 'aac'))
    .map(({ quality }) => spans.findIndex((most) => Number.parseInt(quality, 10) <= most));
  return new Set(rates.filter((span) => span >= 0)).size;
}

/** Makes the function that asks the server for a signed address of a track. */
export function createOpenTrack(client: Client, maySign: () => boolean): (track: Track) => Promise<Source> {
  return async (track) => {
    if (track.kind === 'recording' || track.rendition !== undefined)
      return openRecording(client, track, maySign());
    const streaming = await client.get('/api/debats/{id}/streaming', { path: { id: track.id } });
    if (!streaming.audio_available || streaming.stream_url === null) throw noSound(streaming.message);
    return {
      url: streaming.stream_url,
      hlsUrl: streamedQualities(streaming.renditions) > 1 ? streaming.hls_url : null,
      expiresAt: expiryOf(streaming.stream_url),
    };
  };
}

/** One signature opens the file and the streams of a recording. */
async function openRecording(client: Client, track: Track, maySign: boolean): Promise<Source> {
  const { rendition } = track;
  const wish = rendition === undefined ? {} : askFor(rendition);
  const path = { id: track.recordingId ?? track.id };
  const [isStreamed, signed] = await Promise.all([
    rendition === undefined && isStreamable(client, path),
    maySign ? client.post('/api/recordings/{id}/sign', { path, body: wish }) : null,
  ]);
  // A public one opens without a signature, which only whoever may hear the others can ask for.
  const url = signed?.url ?? addressOf('', '/api/recordings/{id}/audio', { path, query: wish });
  const query = signed === null ? '' : `?${url.split('?')[1]}`;
  return {
    url,
    hlsUrl: isStreamed ? `/hls/${encodeURIComponent(path.id)}/master.m3u8${query}` : null,
    expiresAt: signed?.expires ?? null,
  };
}

async function isStreamable(client: Client, path: { id: string }): Promise<boolean> {
  const { renditions } = await client.get('/api/recordings/{id}', { path });
  return streamedQualities(renditions.filter(({ status }) => status === 'completed')) > 1;
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
