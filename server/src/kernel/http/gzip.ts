import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { varyBy } from './vary.ts';

const deflate = promisify(gzip);

/** About what one packet carries: below it nothing is won. */
const SMALLEST_CHARS = 1_400;
/** Text shrinks to a fifth at the fastest level already; the rest of the time is the reader's. */
const LEVEL = 4;

/** The text as it is sent with `content-encoding: gzip`. */
export const compress = (text: string): Promise<Buffer> => deflate(text, { level: LEVEL });

/** `onSend` of a route whose replies are long texts: gzip for those who take it (RFC 9110 §12.5.3). */
export async function gzipText(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): Promise<unknown> {
  if (typeof payload !== 'string' || reply.hasHeader('content-encoding')) return payload;
  varyByEncoding(reply);
  if (!isWorthGzip(request, payload)) return payload;
  reply.header('content-encoding', 'gzip').removeHeader('content-length');
  return compress(payload);
}

/** True when the text is long enough and the request takes gzip (RFC 9110 §12.5.3). */
export function isWorthGzip(request: FastifyRequest, text: string): boolean {
  return text.length >= SMALLEST_CHARS && takesGzip(request.headers['accept-encoding']);
}

/** Says that the reply depends on what the request takes, beside what it depends on already. */
export function varyByEncoding(reply: FastifyReply): void {
  varyBy(reply, ['accept-encoding']);
}

function takesGzip(header: string | string[] | undefined): boolean {
  const wishes = String(header ?? '')
    .toLowerCase()
    .split(',')
    .map((each) => each.trim().split(/\s*;\s*/));
  const weightOf = (name: string) => {
    const wish = wishes.find(([coding]) => coding === name);
    const weight = wish?.find((parameter) => parameter.startsWith('q='))?.slice(2);
    return wish && Number(weight ?? 1);
  };
  return (weightOf('gzip') ?? weightOf('*') ?? 0) > 0;
}
