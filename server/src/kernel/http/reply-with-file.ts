import type { FastifyReply, FastifyRequest } from 'fastify';
import { codeOf } from '../reason-of.ts';
import { type AssembledFile, readFromPieces } from './assembled-file.ts';
import { type BlockReader, FileChangedError } from './block-reader.ts';
import { openBody, type SentBody } from './file-body.ts';
import { defineProblem, type Problem } from './problem.ts';
import { type SendFileRequest, sendFile } from './send-file.ts';

const conditionFailed = defineProblem('precondition-failed', 'precondition-failed', 'Condition not met');
const rangeBeyond = defineProblem('range-not-satisfiable', 'range-not-satisfiable', 'Range outside the file');

/** A file request without what the HTTP request itself says; an assembled file is never nginx's to send. */
export type FileReply =
  | Omit<SendFileRequest, 'method' | 'headers' | 'nowMs'>
  | (Omit<SendFileRequest, 'method' | 'headers' | 'nowMs' | 'accelUri'> & { file: AssembledFile });

/**
 * Answers a Fastify request with a file: conditions, ranges, bytes. A failed condition (412) and a range beyond
 * the end (416) are problems like any other. Rejects before anything is sent when the
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
  if (answer.status === 412)
    throw conditionFailed('The file is not in the state that the request asks for.', answer);
  if (answer.status === 416) throw rangeBeyond('The file ends before the range begins.', answer);
  const { file } = options;
  const content = answer.body && 'pieces' in file ? readFromPieces(answer.body, file) : answer.body;
  const body = content && (await openBody(content, blocks));
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

/**
 * As {@link replyWithFile}, for a file that a row names. One that has gone since the row was read was removed with
 * what it belonged to, and is told as `gone` says; a reply that breaks off in the middle is logged.
 */
export async function replyWithStoredFile(
  request: FastifyRequest,
  reply: FastifyReply,
  blocks: BlockReader,
  file: FileReply,
  gone: (cause: ErrorOptions) => Problem,
): Promise<FastifyReply> {
  try {
    await replyWithFile(request, reply, blocks, file);
  } catch (error) {
    if (reply.sent) request.log.warn({ err: error }, 'sound broke off');
    else if (error instanceof FileChangedError || codeOf(error) === 'ENOENT') throw gone({ cause: error });
    else throw error;
  }
  return reply;
}
