import type { FastifyReply, FastifyRequest } from 'fastify';
import type { BlockReader } from './block-reader.ts';
import { openBody, type SentBody } from './file-body.ts';
import { type SendFileRequest, sendFile } from './send-file.ts';

/** A file request without what the HTTP request itself says. */
export type FileReply = Omit<SendFileRequest, 'method' | 'headers' | 'nowMs'>;

/**
 * Answers a Fastify request with a file: conditions, ranges, bytes. Rejects before anything is sent when the
 * file can't be opened (ENOENT, FileChangedError), so that the route may still answer with a problem;
 * afterwards with the connection cut. Headers that hooks have set (CORS, security) go out too.
 */
export async function replyWithFile(
  request: FastifyRequest,
  reply: FastifyReply,
  blocks: BlockReader,
  options: FileReply,
): Promise<SentBody> {
  const answer = sendFile({ ...options, method: request.method, headers: request.headers });
  const body = answer.body && (await openBody(answer.body, blocks));
  reply.hijack();
  const { raw } = reply;
  try {
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) raw.setHeader(name, value);
    }
    raw.writeHead(answer.status, answer.headers);
  } catch (error) {
    body?.close();
    raw.destroy();
    throw error;
  }
  if (body) return body.streamTo(raw);
  raw.end();
  return { complete: true, bytesSent: 0 };
}
