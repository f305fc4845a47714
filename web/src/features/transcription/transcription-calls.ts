import { ApiProblem, type Client } from '@antenne/client';
import type { Engines, Transcript, Transcription, TranscriptionPage } from './transcription.ts';

type Call = { path?: Record<string, string>; query?: object; body?: unknown; signal?: AbortSignal };
type Loose = Record<'get' | 'post' | 'delete', (path: string, call?: Call) => Promise<unknown>>;

const loose = (client: Client): Loose => client as unknown as Loose;

/** The text of a recording; null when it has none. */
export async function readTranscript(
  client: Client,
  recordingId: string,
  signal: AbortSignal,
): Promise<Transcript | null> {
  try {
    const path = { id: recordingId };
    return (await loose(client).get('/api/recordings/{id}/transcript', { path, signal })) as Transcript;
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return null;
    throw error;
  }
}

export interface TranscriptionListQuery {
  page?: number;
  limit?: number;
  status?: string;
  search?: string;
  recording_id?: string;
}

export const listTranscriptions = (
  client: Client,
  query: TranscriptionListQuery,
  signal: AbortSignal,
): Promise<TranscriptionPage> =>
  loose(client).get('/api/transcriptions', { query, signal }) as Promise<TranscriptionPage>;

export const readEngines = (client: Client, signal: AbortSignal): Promise<Engines> =>
  loose(client).get('/api/transcription-engines', { signal }) as Promise<Engines>;

export const requestTranscription = (
  client: Client,
  body: { recording_id: string; language: string },
): Promise<Transcription> => loose(client).post('/api/transcriptions', { body }) as Promise<Transcription>;

export const cancelTranscription = (client: Client, id: string): Promise<unknown> =>
  loose(client).post('/api/transcriptions/{id}/cancel', { path: { id } });

export const retryTranscription = (client: Client, id: string): Promise<unknown> =>
  loose(client).post('/api/transcriptions/{id}/retry', { path: { id } });

export const deleteTranscription = (client: Client, id: string): Promise<unknown> =>
  loose(client).delete('/api/transcriptions/{id}', { path: { id } });

/** Brings a text made elsewhere: SRT, WebVTT or Podcasting 2.0 JSON. */
export function importTranscript(
  client: Client,
  recordingId: string,
  file: File,
  language: string,
): Promise<unknown> {
  const body = new FormData();
  body.set('language', language);
  body.set('file', file, file.name);
  return loose(client).post('/api/recordings/{id}/transcript', { path: { id: recordingId }, body });
}
