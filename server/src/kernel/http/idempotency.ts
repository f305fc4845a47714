import { createHmac, type Hmac } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { isSignedIn } from '../auth/actor.ts';
import type { App } from './app.ts';
import {
  beginFingerprint,
  endFingerprint,
  hashPassing,
  isForm,
  type RequestHead,
} from './idempotency-fingerprint.ts';
import type { KeptReply, KeyOwner } from './idempotency-repo.ts';
import {
  endRun,
  type KeyContext,
  type ReplayedReply,
  type Run,
  takeOrFind,
  tidyKeys,
} from './idempotency-run.ts';
import { defineProblem } from './problem.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set while the request carries an Idempotency-Key that counts. */
    idempotency: KeyedRequest | null;
  }
}

interface KeyedRequest {
  owner: KeyOwner;
  hash: Hmac;
  /** Set from the moment when this request holds the key until its reply. */
  run: Run | null;
}

const TIDY_MS = 3_600_000;
const MOST_KEPT_BYTES = 262_144;
const KEY = /^[\x21-\x7e]{1,255}$/;

const badKey = defineProblem('malformed', 'idempotency.bad-key', 'The Idempotency-Key cannot be used');

/** True for the routes that honour the header: every POST but the doors, whose replies carry secrets. */
export function honoursIdempotencyKey(route: Pick<RouteOptions, 'method' | 'config'>): boolean {
  return [route.method].flat().includes('POST') && route.config?.access?.kind !== 'door';
}

/**
 * Idempotency-Key (draft-ietf-httpapi-idempotency-key-header) on the POST routes registered after this, for people
 * who are signed in. Only what succeeded is kept: a refusal changed nothing, so the same key may try again.
 */
export function registerIdempotency(app: App, context: KeyContext, secretKey: string): void {
  const secret = createHmac('sha256', secretKey).update('antenne idempotency').digest();
  const hooks = createHooks(context, secret);
  app.decorateRequest('idempotency', null);
  app.addHook('onRoute', (route) => {
    if (!honoursIdempotencyKey(route)) return;
    route.preParsing = [...listOf(route.preParsing), hooks.read];
    route.preHandler = [...listOf(route.preHandler), hooks.begin];
    route.onSend = [...listOf(route.onSend), hooks.end];
  });
  let timer: NodeJS.Timeout | undefined;
  app.addHook('onReady', (done) => {
    timer = setInterval(() => void tidyKeys(context), TIDY_MS).unref();
    done();
  });
  app.addHook('onClose', async () => clearInterval(timer));
}

function listOf<T>(hooks: T | T[] | undefined): T[] {
  return hooks === undefined ? [] : Array.isArray(hooks) ? hooks : [hooks];
}

type Done<T> = (error?: Error | null, value?: T) => void;

/** Callbacks, not promises: a request without the header pays for a look at a field, three times. */
function createHooks(context: KeyContext, secret: Buffer) {
  const read = (request: FastifyRequest, _reply: FastifyReply, body: Readable, done: Done<Readable>) => {
    const key = request.headers['idempotency-key'];
    const { actor } = request;
    if (key === undefined || !isSignedIn(actor)) return void done(null, body);
    if (typeof key !== 'string' || !KEY.test(key)) {
      return void done(badKey('An Idempotency-Key is 1 to 255 visible ASCII characters, such as a UUID.'));
    }
    const { organisationId, personId } = actor;
    const keyHash = createHmac('sha256', secret).update(key).digest();
    const hash = beginFingerprint(secret, headOf(request));
    request.idempotency = { owner: { organisationId, personId, keyHash }, hash, run: null };
    // A form is read by its handler, straight to the disk.
    done(null, isForm(request.headers['content-type']) ? body : hashPassing(body, hash));
  };
  const begin = (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => {
    const keyed = request.idempotency;
    if (keyed === null) return void done();
    const head = headOf(request);
    const route = `${head.method} ${request.routeOptions.url ?? ''}`;
    takeOrFind(context, keyed.owner, route, endFingerprint(keyed.hash, head)).then((found) => {
      if (!('runId' in found)) return void replay(reply, found);
      keyed.run = found;
      done();
    }, done);
  };
  const end = (request: FastifyRequest, reply: FastifyReply, payload: unknown, done: Done<unknown>) => {
    const run = request.idempotency?.run;
    if (!request.idempotency || !run) return void done(null, payload);
    request.idempotency.run = null;
    endRun(context, run, keptReply(reply, payload)).then(() => done(null, payload), done);
  };
  return { read, begin, end };
}

function headOf({ method, url, headers }: FastifyRequest): RequestHead {
  const { 'content-type': contentType, 'content-length': contentLength } = headers;
  return { method, url, contentType, contentLength };
}

function replay(reply: FastifyReply, { status, contentType, location, body }: ReplayedReply): void {
  reply.code(status).header('idempotency-replayed', 'true');
  if (location !== null) reply.header('location', location);
  if (contentType === null) reply.send(body.length === 0 ? null : body);
  else reply.type(contentType).send(/json|^text\//.test(contentType) ? body.toString() : body);
}

/** What to keep of a reply; null for a refusal, a failure, and one that carries a secret: a cookie, or `no-store`. */
function keptReply(reply: FastifyReply, payload: unknown): KeptReply | null {
  if (reply.statusCode >= 400 || reply.hasHeader('set-cookie')) return null;
  if (/\bno-store\b/.test(String(reply.getHeader('cache-control') ?? ''))) return null;
  const textOf = (name: string) => {
    const value = reply.getHeader(name);
    return typeof value === 'string' ? value : null;
  };
  return {
    status: reply.statusCode,
    contentType: textOf('content-type'),
    location: textOf('location'),
    body: bytesOf(payload),
  };
}

/** The bytes of a reply; null when they are too many, or a stream. */
function bytesOf(payload: unknown): Buffer | null {
  if (payload === undefined || payload === null) return Buffer.alloc(0);
  if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) return null;
  const bytes = Buffer.from(payload);
  return bytes.length > MOST_KEPT_BYTES ? null : bytes;
}
