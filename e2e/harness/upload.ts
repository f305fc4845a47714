import { request } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Station } from './station.ts';

const BOUNDARY = 'antenne-test-boundary';

/** Sends one file as the form of `POST /api/recordings`, in the pieces and at the pace that `pieces` gives. */
export async function uploadPieces(
  station: Station,
  form: { title: string; filename: string },
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<{ status: number; body: string }> {
  const token = await station.signIn();
  const outgoing = request(`${station.base}/api/recordings`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
    },
  });
  const reply = new Promise<{ status: number; body: string }>((resolve, reject) => {
    outgoing.on('error', reject);
    outgoing.on('response', async (response) => {
      let body = '';
      try {
        for await (const chunk of response) body += String(chunk);
        resolve({ status: response.statusCode ?? 0, body });
      } catch (error) {
        reject(error);
      }
    });
  });
  const [answer] = await Promise.all([reply, pipeline(Readable.from(formOf(form, pieces)), outgoing)]);
  return answer;
}

async function* formOf(
  { title, filename }: { title: string; filename: string },
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const field = (name: string, more = '') =>
    `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"${more}\r\n\r\n`;
  yield Buffer.from(`${field('title')}${title}\r\n${field('file', `; filename="${filename}"`)}`);
  yield* pieces;
  yield Buffer.from(`\r\n--${BOUNDARY}--\r\n`);
}
