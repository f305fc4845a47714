import type { FastifyRequest } from 'fastify';
import type { Metrics } from '../metrics/metrics.ts';
import type { App } from './app.ts';

/** One line and one measure per request, when its last byte has left. */
export function registerRequestLog(app: App, metrics: Metrics): void {
  app.addHook('onRequest', (request, reply, done) => {
    metrics.httpInFlight.inc();
    reply.header('x-request-id', request.id);
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    metrics.httpInFlight.dec();
    const elapsedMs = reply.elapsedTime;
    metrics.httpDuration.observe(
      { method: request.method, route: routeOf(request), status: reply.statusCode },
      elapsedMs / 1000,
    );
    request.log.info(
      {
        method: request.method,
        path: pathOf(request),
        status: reply.statusCode,
        ms: Math.round(elapsedMs * 10) / 10,
        ip: request.ip,
        person: request.actor?.personId ?? undefined,
      },
      'request',
    );
    done();
  });
}

/** The route's pattern, so that metrics have one line per route and not one per id. */
function routeOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? 'none';
}

/** Without the query: it may carry a signature or a token. */
function pathOf(request: FastifyRequest): string {
  return (request.originalUrl ?? request.url).split('?', 1)[0] ?? '/';
}
