import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Metrics } from '../metrics/metrics.ts';
import type { App } from './app.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Its line and its measure are written. */
    isNoted: boolean;
  }
}

const SWITCHING_PROTOCOLS = 101;

/**
 * One line and one measure per request, when its last byte has left, its client has left, or it has become a
 * WebSocket. Not by `onResponse`, which never comes for a client that leaves in the middle.
 */
export function registerRequestLog(app: App, metrics: Metrics): void {
  app.decorateRequest('isNoted', false);
  app.addHook('onRequest', (request, reply, done) => {
    metrics.httpInFlight.inc();
    reply.header('x-request-id', request.id);
    reply.raw.once('close', () => note(metrics, request, reply, reply.statusCode));
    done();
  });
  app.addHook('preHandler', (request, reply, done) => {
    // Everything that could refuse the upgrade has been asked.
    if (request.ws) note(metrics, request, reply, SWITCHING_PROTOCOLS);
    done();
  });
}

function note(metrics: Metrics, request: FastifyRequest, reply: FastifyReply, status: number): void {
  if (request.isNoted) return;
  request.isNoted = true;
  metrics.httpInFlight.dec();
  const elapsedMs = reply.elapsedTime;
  const { method } = request;
  metrics.httpDuration.observe({ method, route: routeOf(request), status }, elapsedMs / 1000);
  const isCutShort = status !== SWITCHING_PROTOCOLS && !reply.raw.writableFinished;
  request.log.info(
    {
      method,
      path: pathOf(request),
      status,
      ms: Math.round(elapsedMs * 10) / 10,
      ip: request.ip,
      person: request.actor?.personId ?? undefined,
      ...(isCutShort ? { isCutShort } : {}),
    },
    'request',
  );
}

/** The route's pattern, so that metrics have one line per route and not one per id. */
function routeOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? 'none';
}

/** Without the query: it may carry a signature or a token. */
function pathOf(request: FastifyRequest): string {
  return (request.originalUrl ?? request.url).split('?', 1)[0] ?? '/';
}
