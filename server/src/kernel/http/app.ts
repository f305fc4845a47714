import type { IncomingMessage, ServerResponse } from 'node:http';
import cookie from '@fastify/cookie';
import cors from '@fastify/cors';
import formbody from '@fastify/formbody';
import multipart from '@fastify/multipart';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import underPressure from '@fastify/under-pressure';
import websocket from '@fastify/websocket';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  LogController,
  type RawServerDefault,
} from 'fastify';
import type { Redis } from 'ioredis';
import type { Authenticator } from '../auth/actor.ts';
import type { Config } from '../config/config.ts';
import { newId } from '../id.ts';
import type { Logger } from '../log/log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { registerDocs } from './docs.ts';
import { refuseAddress, registerErrors } from './errors.ts';
import { registerLimits } from './limits.ts';
import { overloaded } from './problem.ts';
import { registerRequestLog } from './request-log.ts';
import { registerSchemas } from './schemas.ts';
import { registerSecurityHeaders } from './security-headers.ts';
import { serializersOf } from './serializers.ts';
import { refuseHandshake, refuseUnreadable, registerUnreadRequests } from './unread-requests.ts';
import { canonicalUrl } from './url.ts';
import { bodyCompiler } from './validation.ts';

/** The HTTP application: Fastify with TypeBox types and every rule of the house already on. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

export interface AppOptions {
  config: Config;
  log: Logger;
  metrics: Metrics;
  authenticator: Authenticator;
  /** Shares the limits between processes when there is one. */
  redis: Redis | null;
  /** How far the event loop may lag before requests are refused with 503. */
  maxLagMs?: number;
}

/** JSON bodies; uploads stream past it with limits of their own. */
const BODY_LIMIT_BYTES = 1_048_576;
const HEADERS_TIMEOUT_MS = 20_000;
/** A connection on which nothing moves for this long is closed (slow clients, forgotten keep-alives). */
const IDLE_TIMEOUT_MS = 75_000;
const MAX_PATH_PARAM_CHARS = 500;
const MAX_LAG_MS = 1_500;
const MAX_SOCKET_MESSAGE_BYTES = 16_384;

const REQUEST_ID = /^[\w.-]{8,64}$/;

/** Builds the app without routes; modules add theirs, then `ready()`. */
export async function buildApp(options: AppOptions): Promise<App> {
  const { config, log, metrics } = options;
  const app: App = Fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: (request) => requestId(request.headers['x-request-id']),
    rewriteUrl: (request) => canonicalUrl(request.url ?? '/'),
    schemaController: { compilersFactory: { buildSerializer: serializersOf } },
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PATH_PARAM_CHARS },
    trustProxy: config.trustedProxies.length > 0 ? [...config.trustedProxies] : false,
    bodyLimit: BODY_LIMIT_BYTES,
    // The whole request may take as long as a large upload does; silence on the socket is what ends it.
    requestTimeout: 0,
    connectionTimeout: IDLE_TIMEOUT_MS,
    keepAliveTimeout: IDLE_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, maxHeaderSize: 16_384, requireHostHeader: false },
    clientErrorHandler: refuseUnreadable,
    frameworkErrors: refuseAddress,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
  }).withTypeProvider<TypeBoxTypeProvider>();

  app.setValidatorCompiler(bodyCompiler);
  registerErrors(app);
  registerRequestLog(app, metrics);
  registerSecurityHeaders(app);
  registerUnreadRequests(app);
  registerSchemas(app);
  await registerLoadShedding(app, options.maxLagMs ?? MAX_LAG_MS);
  await registerDocs(app, config);
  await app.register(cors, {
    origin: config.corsOrigins.includes('*') ? '*' : [...config.corsOrigins],
    credentials: !config.corsOrigins.includes('*'),
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    maxAge: 600,
    // An OPTIONS that is no preflight is answered like one.
    strictPreflight: false,
    exposedHeaders: [
      'x-request-id',
      'etag',
      'content-range',
      'accept-ranges',
      'content-disposition',
      'x-ratelimit-limit',
      'x-ratelimit-remaining',
      'x-ratelimit-reset',
      'retry-after',
      'idempotency-replayed',
      'location',
      'tus-resumable',
      'tus-version',
      'tus-extension',
      'tus-max-size',
      'tus-checksum-algorithm',
      'upload-offset',
      'upload-length',
      'upload-expires',
      'upload-metadata',
      'recording-id',
      'recording-location',
    ],
  });
  await registerLimits(app, config, options.authenticator, options.redis);
  await app.register(cookie);
  await app.register(formbody, { bodyLimit: 16_384 });
  await app.register(multipart, {
    limits: {
      fieldNameSize: 100,
      fieldSize: 10_000,
      fields: 20,
      files: 1,
      fileSize: Number.MAX_SAFE_INTEGER,
    },
  });
  await app.register(websocket, { options: { maxPayload: MAX_SOCKET_MESSAGE_BYTES } });
  app.websocketServer.on('wsClientError', refuseHandshake);
  return app;
}

function requestId(given: string | string[] | undefined): string {
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : newId();
}

async function registerLoadShedding(app: App, maxLagMs: number): Promise<void> {
  await app.register(underPressure, {
    maxEventLoopDelay: maxLagMs,
    sampleInterval: 500,
    retryAfter: 5,
    pressureHandler: () => {
      throw overloaded('The server has more to do than it can; try again in a few seconds.', {
        headers: { 'retry-after': '5' },
      });
    },
  });
}
