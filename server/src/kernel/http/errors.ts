import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { App } from './app.ts';
import { databaseProblem } from './database-problem.ts';
import { notFound, Problem, type ProblemKind, validationFailed } from './problem.ts';
import { SECURITY_HEADERS } from './security-headers.ts';
import { storageProblem } from './storage-problem.ts';
import { toFieldFaults } from './validation.ts';

/** What Fastify and its plugins throw, by status: each becomes a problem with a sentence of ours. */
const BY_STATUS: Record<number, [ProblemKind, string, string, string]> = {
  400: [
    'malformed',
    'malformed',
    'The request cannot be read',
    'The request could not be read; check its syntax.',
  ],
  404: ['not-found', 'not-found', 'Not found', 'There is nothing at this address.'],
  405: [
    'not-allowed',
    'method-not-allowed',
    'Method not allowed',
    'This address does not answer this method.',
  ],
  406: ['unsupported-type', 'not-acceptable', 'Not acceptable', 'This cannot be sent in the form asked for.'],
  408: ['too-slow', 'timeout', 'Too slow', 'The request took too long to arrive.'],
  413: ['too-large', 'too-large', 'Too large', 'The request is larger than this address accepts.'],
  414: [
    'malformed',
    'address-too-long',
    'Address too long',
    'The address is longer than this server accepts.',
  ],
  415: [
    'unsupported-type',
    'unsupported-type',
    'Content type not understood',
    'Send this with a content type that the address accepts.',
  ],
};

/** Maps every error to `application/problem+json`, once, with the request's id in reply and log alike. */
export function registerErrors(app: App): void {
  app.setErrorHandler((error, request, reply) =>
    sendProblem(toProblem(error, request), error, request, reply),
  );
  app.setNotFoundHandler((request, reply) =>
    sendProblem(notFound('There is nothing at this address.'), null, request, reply),
  );
}

/** Addresses that the router cannot read: no hook runs for them, so that their headers are put on here. */
export function refuseAddress(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  reply.headers(SECURITY_HEADERS).header('x-request-id', request.id);
  sendProblem(toProblem(error, request), error, request, reply);
}

function sendProblem(problem: Problem, cause: unknown, request: FastifyRequest, reply: FastifyReply) {
  if (problem.statusCode >= 500) request.log.error({ err: cause }, 'a request failed');
  // Told to the client in general words only: whose words are missing stands in the log.
  else if (cause !== request.raw.errored && databaseProblem(cause))
    request.log.warn({ err: cause }, 'the database refused a request');
  if (reply.raw.headersSent) {
    // Bytes have gone: the only honest end is a broken connection.
    reply.raw.destroy();
    return;
  }
  const instance = (request.originalUrl ?? request.url).split('?', 1)[0] ?? '/';
  return reply
    .code(problem.statusCode)
    .headers(problem.headers)
    .type('application/problem+json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(problem.toDocument(instance));
}

/** Anything thrown → the problem that the client reads; what is not ours to show becomes a plain 500. */
function toProblem(error: unknown, request: FastifyRequest): Problem {
  if (error instanceof Problem) return error;
  const fastifyError = error as Partial<FastifyError>;
  if (fastifyError.validation) return validationProblem(fastifyError as FastifyError);
  // The client left in the middle: the end of its connection must not be taken for that of the database's.
  if (error instanceof Error && error === request.raw.errored) return cutOff(error);
  const ofStorage = storageProblem(error);
  if (ofStorage) return ofStorage;
  const ofDatabase = databaseProblem(error);
  if (ofDatabase) return ofDatabase;
  const known = BY_STATUS[fastifyError.statusCode ?? 500];
  if (known) return new Problem(known[0], known[1], known[2], known[3], { cause: error });
  return new Problem(
    'internal',
    'internal',
    'Something failed here',
    `The server met an error of its own. Its log has the details under ${request.id}.`,
    { cause: error },
  );
}

const cutOff = (cause: Error) =>
  new Problem('malformed', 'cut-off', 'Cut off', 'The connection ended before the request had arrived.', {
    cause,
  });

function validationProblem(error: FastifyError): Problem {
  const part = error.validationContext ?? 'body';
  const faults = toFieldFaults(error.validation ?? [], part);
  // A path value that fits no route of ours names nothing: 404, like any id that does not exist.
  if (part === 'params') return notFound('There is nothing at this address.');
  const first = faults[0];
  return validationFailed(first ? `${first.field} ${first.message}.` : 'The request does not fit.', {
    errors: faults,
  });
}
