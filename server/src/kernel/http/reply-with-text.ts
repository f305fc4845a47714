import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { compress, isWorthGzip, varyByEncoding } from './gzip.ts';
import { checkPreconditions } from './preconditions.ts';
import { defineProblem } from './problem.ts';

const conditionFailed = defineProblem('precondition-failed', 'precondition-failed', 'Condition not met');

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
  const isCompressed = isWorthGzip(request, text);
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 32);
  // Two forms of one text have two strong tags (RFC 9110 §8.8.1).
  const etag = isCompressed ? `"${hash}-gz"` : `"${hash}"`;
  reply.headers({ etag, 'cache-control': cacheControl, 'last-modified': modifiedAt.toUTCString() });
  varyByEncoding(reply);
  const answer = checkPreconditions(request.method, request.headers, { etag, modifiedAt });
  if (answer === 'failed') throw conditionFailed('The text is not in the state that the request asks for.');
  if (answer === 'not-modified') return reply.code(304).send();
  reply.type(mimeType);
  if (!isCompressed) return reply.send(text);
  return reply.header('content-encoding', 'gzip').send(await compress(text));
}
