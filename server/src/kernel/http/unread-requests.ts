import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { App } from './app.ts';
import { defineProblem, type Problem } from './problem.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

const malformed = defineProblem('malformed', 'malformed', 'The request cannot be read');
const tooSlow = defineProblem('too-slow', 'timeout', 'Too slow');
const headersTooLarge = defineProblem('headers-too-large', 'headers-too-large', 'Too many headers');
const expectationFailed = defineProblem(
  'expectation-failed',
  'expectation-failed',
  'This expectation is not met',
);

const NO_HOST = malformed('An HTTP/1.1 request names its host (RFC 9112, section 3.2); add a Host header.');
const BAD_HANDSHAKE = malformed(
  'The WebSocket handshake needs a key and version 13 (RFC 6455, section 4.1); let a WebSocket client make it.',
  { headers: { 'sec-websocket-version': '13, 8' } },
);

/** Answers, as problems too, what Node refuses before Fastify sees it. */
export function registerUnreadRequests(app: App): void {
  app.server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    const problem = expectationFailed('The only expectation that this server knows is 100-continue.');
    const body = bodyOf(problem);
    response.writeHead(problem.statusCode, headersOf(body)).end(body);
  });
  // Node would answer it with an empty 400.
  app.addHook('onRequest', ({ raw }, _reply, done) => {
    done(raw.headers.host === undefined && raw.httpVersion === '1.1' ? NO_HOST : undefined);
  });
}

/** Bytes that are no HTTP: the parser has given up, so the reply is written by hand and ends the connection. */
export function refuseUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable) socket.write(wholeReply(problemOf(error.code)));
  socket.destroy(error);
}

/** A WebSocket handshake that is none. */
export function refuseHandshake(_error: Error, socket: Duplex): void {
  socket.once('finish', () => socket.destroy());
  socket.end(wholeReply(BAD_HANDSHAKE));
}

function wholeReply(problem: Problem): string {
  const body = bodyOf(problem);
  const head = Object.entries({ ...headersOf(body), ...problem.headers });
  const { statusCode } = problem;
  return [
    `HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode]}`,
    ...head.map(([name, value]) => `${name}: ${value}`),
    '',
    body,
  ].join('\r\n');
}

function problemOf(code: string | undefined): Problem {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return tooSlow('The request took too long to arrive.');
  if (code === 'HPE_HEADER_OVERFLOW') {
    return headersTooLarge('Address and headers together are longer than the 16 kB that this server reads.');
  }
  return malformed('The request could not be read; check its syntax.');
}

/** Nobody knows which address was meant. */
const bodyOf = (problem: Problem): string => JSON.stringify(problem.toDocument('/'));

const headersOf = (body: string) => ({
  ...SECURITY_HEADERS,
  'content-type': 'application/problem+json; charset=utf-8',
  'content-length': String(Buffer.byteLength(body)),
  connection: 'close',
});
