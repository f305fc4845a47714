import type { FastifyReply, FastifyRequest } from 'fastify';
import { codeOf } from '../reason-of.ts';
import { StorageMissingError } from '../storage/errors.ts';
import { type AssembledFile, readFromPieces } from './assembled-file.ts';
import { type BlockReader, FileChangedError } from './block-reader.ts';
import { openBody, type SentBody } from './file-body.ts';
import { defineProblem, type Problem } from './problem.ts';
import { type SendFileRequest, sendFile } from './send-file.ts';

const conditionFailed = defineProblem('precondition-failed', 'precondition-failed', 'Condition not met');
const rangeBeyond = defineProblem('range-not-satisfiable', 'range-not-satisfiable', 'Range outside the file');

type Described = Omit<SendFileRequest, 'method' | 'headers' | 'nowMs'>;

/**
 * A file request without what the HTTP request itself says; an assembled file is never nginx's to send, nor a store's.
 * `redirectTo` makes an address where the store itself sends the file, conditions and ranges included.
 */
export type FileReply =
  | (Described & { redirectTo?: () => string })
  | (Omit<Described, 'accelUri'> & { file: AssembledFile; redirectTo?: never });

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
  const { file, redirectTo } = options;
  // What we can say by ourselves (304, 412, 416, HEAD) needs no way to the store.
  if (redirectTo && answer.body) return sendAway(reply, redirectTo());
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

/** The address ends soon, so that the reply that names it is kept by nobody (RFC 9110 §15.4.3). */
function sendAway(reply: FastifyReply, location: string): SentBody {
  void reply.code(302).headers({ location, 'cache-control': 'no-store' }).send(null);
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
    else if (isGone(error)) throw gone({ cause: error });
    else throw error;
  }
  return reply;
}

function isGone(error: unknown): boolean {
  return (
    error instanceof FileChangedError || error instanceof StorageMissingError || codeOf(error) === 'ENOENT'
  );
}
