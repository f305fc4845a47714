import { connect } from 'node:net';

/** What came back on a bare socket. */
export interface RawReply {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/**
 * Sends these very bytes and reads one reply; null when the server closed without one. Rejects when nothing is
 * over by the deadline. With `thenEnd` the client says that nothing more will come.
 */
export function sendRaw(
  port: number,
  bytes: Buffer,
  { deadlineMs = 10_000, thenEnd = false } = {},
): Promise<RawReply | null> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const received: Buffer[] = [];
    let seen = 0;
    const late = setTimeout(
      () => finish(() => reject(new Error(`no reply within ${deadlineMs} ms`))),
      deadlineMs,
    );
    const finish = (settle: () => void) => {
      clearTimeout(late);
      socket.destroy();
      settle();
    };
    const look = (isOver: boolean) => {
      const reply = parseReply(Buffer.concat(received), isOver);
      if (reply) finish(() => resolve(reply));
      else if (isOver) finish(() => resolve(null));
    };
    socket.on('data', (chunk: Buffer) => {
      received.push(chunk);
      // Large replies: looked at each time they have doubled, and at the end.
      const total = received.reduce((sum, each) => sum + each.length, 0);
      if (total >= 65_536 && total < seen * 2) return;
      seen = total;
      look(false);
    });
    // A reset is how a server ends a connection whose request it did not read to its end.
    socket.on('error', () => {});
    socket.on('close', () => look(true));
    if (thenEnd) socket.end(bytes);
    else socket.write(bytes);
  });
}

/** The first reply that is no 1xx (but 101); null while it is not whole. */
function parseReply(bytes: Buffer, isOver: boolean): RawReply | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const [first = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1]);
  if (status >= 100 && status < 200 && status !== 101) return parseReply(bytes.subarray(end + 4), isOver);
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const body = parseBody(bytes.subarray(end + 4), status, headers, isOver);
  return body === null ? null : { status, headers, body };
}

function parseBody(
  rest: Buffer,
  status: number,
  headers: Record<string, string>,
  isOver: boolean,
): Buffer | null {
  if (status === 101 || status === 204 || status === 304) return Buffer.alloc(0);
  if (headers['transfer-encoding'] === 'chunked') return parseChunks(rest) ?? (isOver ? rest : null);
  const length = Number(headers['content-length'] ?? Number.POSITIVE_INFINITY);
  // At the end whatever came is all there is: the reply to a HEAD names the length of what it leaves out.
  if (rest.length >= length) return rest.subarray(0, length);
  return isOver ? rest : null;
}

function parseChunks(rest: Buffer): Buffer | null {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const line = rest.indexOf('\r\n', at);
    if (line < 0) return null;
    const size = Number.parseInt(rest.subarray(at, line).toString('latin1'), 16);
    if (size === 0) return Buffer.concat(chunks);
    if (rest.length < line + 2 + size + 2) return null;
    chunks.push(rest.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
}
