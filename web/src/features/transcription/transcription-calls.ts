import { ApiProblem, type Client } from '@antenne/client';
import type { Transcript } from './transcription.ts';

/** The text of a recording; null when it has none. */
export async function readTranscript(
  client: Client,
  recordingId: string,
  signal: AbortSignal,
): Promise<Transcript | null> {
  try {
    return await client.get('/api/recordings/{id}/transcript', { path: { id: recordingId }, signal });
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return null;
    throw error;
  }
}

/** Brings a text made elsewhere: SRT, WebVTT or Podcasting 2.0 JSON. */
export function importTranscript(
  client: Client,
  recordingId: string,
  file: File,
  language: string,
): Promise<Transcript> {
  const body = new FormData();
  // Before the file, so that the server knows it while it reads the bytes.
  body.set('language', language);
  body.set('file', file, file.name);
  return client.post('/api/recordings/{id}/transcript', { path: { id: recordingId }, body });
}
