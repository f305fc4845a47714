import { ApiProblem, problemFrom, ServerAway } from '@antenne/client';
import { DetailedError, defaultOptions, Upload as TusUpload } from 'tus-js-client';
import type { Upload } from './upload-queue.ts';

/** A proxy may limit how much one request carries, and each one's end is durable. */
const pieceBytes = 16 * 1024 * 1024;
const endpoint = '/api/uploads';
const { urlStorage } = defaultOptions;

interface Sending {
  upload: Upload;
  file: File;
  /** Whose upload it is: on a shared computer, nobody goes on with another's. */
  owner: string;
  token(): string | null;
  onSent(bytes: number): void;
  signal: AbortSignal;
}

/** What is kept of the metadata that the server was told. */
export interface Told {
  title: string;
  language: string;
}

/** What arrived: the recording, and what the server was told of it when the upload began, perhaps days ago. */
export interface Arrived {
  recordingId: string;
  told: Told;
}

/** The same file, when it is chosen again. */
const fingerprintOf = (owner: string, { name, size, lastModified }: File): string =>
  `antenne-${owner}-${size}-${lastModified}-${name}`;

/**
 * Sends what the server does not have yet of a file, piece by piece (tus). The address of the upload is kept in the
 * browser, so that a page that was closed in between goes on where it was when the same file is chosen again.
 */
export async function sendFile({ upload, file, owner, token, onSent, signal }: Sending): Promise<Arrived> {
  signal.throwIfAborted();
  const begun = (await urlStorage.findUploadsByFingerprint(fingerprintOf(owner, file))).at(-1);
  return new Promise((resolve, reject) => {
    const told = { title: upload.title, language: upload.language };
    const sending = new TusUpload(file, {
      endpoint,
      chunkSize: pieceBytes,
      // The queue decides when to try again.
      retryDelays: null,
      removeFingerprintOnSuccess: true,
      fingerprint: async () => fingerprintOf(owner, file),
      metadata: { filename: file.name, ...told },
      onBeforeRequest: (request) => {
        const current = token();
        if (current !== null) request.setHeader('Authorization', `Bearer ${current}`);
      },
      onProgress: onSent,
      onSuccess: ({ lastResponse }) => {
        const recordingId = lastResponse.getHeader('Recording-Id');
        if (!recordingId)
          return reject(new TypeError('The server took the file without naming the recording.'));
        resolve({ recordingId, told: sending.url === begun?.uploadUrl ? toldOf(begun?.metadata) : told });
      },
      onError: (error) => {
        const problem = asProblem(error);
        const isOver = problem instanceof ApiProblem && notKept.includes(problem.status);
        const cleared = isOver ? clearKept(owner, file) : Promise.resolve();
        void cleared.finally(() => reject(problem));
      },
    });
    signal.addEventListener('abort', () => {
      void sending.abort();
      reject(new DOMException('Stopped', 'AbortError'));
    });
    if (begun) sending.resumeFromPreviousUpload(begun);
    sending.start();
  });
}

/** Refusals after which the server has nothing of the upload any more. */
const notKept = [404, 410, 415, 422];

async function clearKept(owner: string, file: File): Promise<void> {
  for (const { urlStorageKey } of await urlStorage.findUploadsByFingerprint(fingerprintOf(owner, file))) {
    await urlStorage.removeUpload(urlStorageKey);
  }
}

const toldOf = (metadata: Record<string, string> = {}): Told => ({
  title: metadata.title ?? '',
  language: metadata.language ?? '',
});

function asProblem(error: Error): Error {
  const response = error instanceof DetailedError ? error.originalResponse : null;
  if (!response) return new ServerAway('The connection was lost.', { cause: error });
  return problemFrom(response.getStatus(), response.getBody(), (name) => response.getHeader(name) ?? null);
}

/** Has the server forget what it has of a file, and the browser where that was. */
export async function forgetFile(owner: string, file: File, token: string | null): Promise<void> {
  for (const kept of await urlStorage.findUploadsByFingerprint(fingerprintOf(owner, file))) {
    await forgetUpload({ key: kept.urlStorageKey, url: kept.uploadUrl }, token);
  }
}

/** A file that was on its way when a page was closed. */
export interface Interrupted {
  key: string;
  url: string | null;
  name: string;
  sizeBytes: number;
  sentBytes: number;
}

/** See {@link forgetFile}, for a file that is not at hand. */
export async function forgetUpload(
  { key, url }: Pick<Interrupted, 'key' | 'url'>,
  token: string | null,
): Promise<void> {
  await urlStorage.removeUpload(key);
  if (url !== null) await askUpload('DELETE', url, token);
}

/** What this person's earlier pages left unfinished here; those that the server has forgotten are forgotten too. */
export async function listInterrupted(owner: string, token: string | null): Promise<Interrupted[]> {
  const kept = await urlStorage.findAllUploads();
  const ours = kept.filter(({ urlStorageKey }) => urlStorageKey.startsWith(`tus::antenne-${owner}-`));
  const standing = await Promise.all(
    ours.slice(0, 20).map(async ({ urlStorageKey: key, uploadUrl: url, size, metadata }) => {
      const reply = url === null ? null : await askUpload('HEAD', url, token);
      if (reply?.ok && !reply.headers.has('recording-id')) {
        const sentBytes = Number(reply.headers.get('upload-offset'));
        return { key, url, name: metadata.filename ?? '', sizeBytes: size ?? 0, sentBytes };
      }
      if (reply === null || reply.ok || [404, 410].includes(reply.status)) await urlStorage.removeUpload(key);
      return null;
    }),
  );
  return standing.filter((one) => one !== null);
}

const askUpload = (method: 'HEAD' | 'DELETE', url: string, token: string | null): Promise<Response> =>
  fetch(url, {
    method,
    headers: { 'tus-resumable': '1.0.0', ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
  });

/** True for a token that has ended in the middle of a long file. */
export const isSessionOver = (error: unknown): boolean => error instanceof ApiProblem && error.status === 401;
