import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { checkPreconditions } from './preconditions.ts';
import { defineProblem } from './problem.ts';

const compress = promisify(gzip);
const conditionFailed = defineProblem('precondition-failed', 'precondition-failed', 'Condition not met');
/** About what one packet carries: below it nothing is won. */
const WORTH_COMPRESSING_CHARS = 1_400;

/** A text that is made for each request and cached by those who ask. */
export interface TextReply {
  text: string;
  mimeType: string;
  cacheControl: string;
  /** Of what the text is made from. */
  modifiedAt: Date;
}

/** Answers with a text: conditions, an ETag of its content, compressed for those who take it so. */
export async function replyWithText(
  request: FastifyRequest,
  reply: FastifyReply,
  { text, mimeType, cacheControl, modifiedAt }: TextReply,
): Promise<FastifyReply> {
  const isCompressed =
    text.length >= WORTH_COMPRESSING_CHARS && takesGzip(request.headers['accept-encoding']);
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 32);
  // Two forms of one text have two strong tags (RFC 9110 §8.8.1).
  const etag = isCompressed ? `"${hash}-gz"` : `"${hash}"`;
  reply.headers({ etag, 'cache-control': cacheControl, 'last-modified': modifiedAt.toUTCString() });
  reply.header('vary', withEncoding(reply.getHeader('vary')));
  const answer = checkPreconditions(request.method, request.headers, { etag, modifiedAt });
  if (answer === 'failed') throw conditionFailed('The text is not in the state that the request asks for.');
  if (answer === 'not-modified') return reply.code(304).send();
  reply.type(mimeType);
  if (!isCompressed) return reply.send(text);
  return reply.header('content-encoding', 'gzip').send(await compress(text));
}

/** True when gzip is named and not refused (RFC 9110 §12.5.3). */
function takesGzip(header: string | string[] | undefined): boolean {
  return [header ?? '']
    .flat()
    .join(',')
    .split(',')
    .some((entry) => /^\s*(x-)?gzip\s*(;(?!\s*q=0(\.0*)?\s*$)|$)/i.test(entry));
}

function withEncoding(vary: unknown): string {
  return typeof vary === 'string' && vary !== '' ? `${vary}, accept-encoding` : 'accept-encoding';
}
