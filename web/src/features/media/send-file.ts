import { problemFrom, ServerAway } from '@antenne/client';
import type { Upload } from './upload-queue.ts';

interface Sending {
  upload: Upload;
  file: File;
  token: string | null;
  onSent(bytes: number): void;
  signal: AbortSignal;
}

/**
 * Sends a file as multipart, with progress (which fetch does not give). The fields precede the file, so that
 * the server knows them while it streams the bytes to disk. Resolves with the body of the 201.
 */
export function sendFile({ upload, file, token, onSent, signal }: Sending): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.set('title', upload.title);
    form.set('language', upload.language);
    form.set('file', file, file.name);
    request.open('POST', '/api/recordings');
    request.setRequestHeader('accept', 'application/json');
    request.setRequestHeader('idempotency-key', upload.id);
    if (token !== null) request.setRequestHeader('authorization', `Bearer ${token}`);
    request.upload.addEventListener('progress', (event) => onSent(Math.min(event.loaded, file.size)));
    request.addEventListener('load', () => {
      if (request.status >= 200 && request.status < 300) resolve(request.responseText);
      else
        reject(problemFrom(request.status, request.responseText, (name) => request.getResponseHeader(name)));
    });
    request.addEventListener('error', () => reject(new ServerAway('The connection was lost.')));
    request.addEventListener('abort', () => reject(new DOMException('Cancelled', 'AbortError')));
    signal.addEventListener('abort', () => request.abort());
    request.send(form);
  });
}

/** The id in the answer to an upload. */
export function recordingIdOf(answer: string): string {
  const value: unknown = JSON.parse(answer);
  if (typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string')
    return value.id;
  throw new TypeError('The server accepted the file without naming the recording.');
}
