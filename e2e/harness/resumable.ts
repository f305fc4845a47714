import type { Readable } from 'node:stream';
import { Upload } from 'tus-js-client';
import { type Station, until } from './station.ts';

/** Bytes that can be read from anywhere, as a file can. */
export interface Source {
  size: number;
  read(start: number, end: number): Readable | Buffer;
}

export const sourceOf = (bytes: Buffer): Source => ({
  size: bytes.length,
  read: (start, end) => bytes.subarray(start, end),
});

interface Wish {
  metadata: Record<string, string>;
  pieceBytes: number;
  /** Told what is safe after each piece. */
  onPiece?: (safeBytes: number) => void;
}

const TRY_AGAIN_MS = 500;

/**
 * Uploads with tus-js-client, which goes on whatever dies meanwhile, for `tries` times; answers the recording's id and
 * where each of its requests began.
 */
export async function uploadResumably(
  station: Pick<Station, 'base' | 'signIn'>,
  source: Source,
  { metadata, pieceBytes, onPiece }: Wish,
  tries = 240,
): Promise<{ recordingId: string; offsets: number[] }> {
  const token = await until(
    () => station.signIn(),
    () => true,
  );
  const offsets: number[] = [];
  const file = {
    size: source.size,
    slice: async (start: number, end: number) => {
      const last = Math.min(end, source.size);
      // By this the client tells that all of it is there.
      const value = Object.assign(source.read(start, last), { size: last - start });
      return { value, done: last === source.size };
    },
    close: () => undefined,
  };
  const recordingId = await new Promise<string>((resolve, reject) => {
    // The reader is ours: what it is given needs only to be something.
    new Upload(Buffer.alloc(0), {
      endpoint: `${station.base}/api/uploads`,
      headers: { authorization: `Bearer ${token}` },
      metadata,
      chunkSize: pieceBytes,
      retryDelays: Array.from({ length: tries }, () => TRY_AGAIN_MS),
      onShouldRetry: () => true,
      fileReader: { openFile: async () => file },
      onBeforeRequest: (sent) => {
        const offset = sent.getHeader('Upload-Offset');
        if (sent.getMethod() === 'PATCH' && offset !== undefined) offsets.push(Number(offset));
      },
      onChunkComplete: (_bytes, safeBytes) => onPiece?.(safeBytes),
      onSuccess: ({ lastResponse }) => resolve(lastResponse.getHeader('Recording-Id') ?? ''),
      onError: reject,
    }).start();
  });
  return { recordingId, offsets };
}
