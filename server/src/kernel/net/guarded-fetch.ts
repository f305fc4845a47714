import type { IncomingHttpHeaders } from 'node:http';
import { type Readable, Transform } from 'node:stream';
import { Agent, buildConnector, request } from 'undici';
import type { AddressGuard } from './address-guard.ts';
import { asFetchError, FetchFailed, tooLarge } from './errors.ts';
import { decodeLoosely } from './percent.ts';

/** How one address is asked for, and its limits. */
export interface FetchOptions {
  method?: 'GET' | 'HEAD';
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** Bytes of body before FetchFailed `too-large`; an announced length counts at once. */
  maxBytes?: number;
  /** For everything, redirects and body included. */
  totalTimeoutMs?: number;
}

/** The answer to the last of the redirects. */
export interface FetchedReply {
  /** After redirects, without credentials or fragment: fit for logs and for people. */
  finalUrl: string;
  status: number;
  headers: IncomingHttpHeaders;
  /** Undecoded bytes; must be read to its end or destroyed. Fails with FetchFailed or the signal's reason. */
  body: Readable;
}

/** Fetches what a stranger asked for; throws AddressRefused, FetchFailed or the signal's reason. */
export interface GuardedFetch {
  (address: string, options?: FetchOptions): Promise<FetchedReply>;
  /** Ends idle connections; for shutdown and tests. */
  close(): Promise<void>;
}

/** Whom to reach, as whom, and how long to wait. */
export interface GuardedFetchOptions {
  guard: AddressGuard;
  userAgent: string;
  connectTimeoutMs?: number;
  headersTimeoutMs?: number;
  /** Longest silence inside a body. */
  idleTimeoutMs?: number;
  maxRedirects?: number;
}

const redirectStatuses = new Set([301, 302, 303, 307, 308]);

/** A fetch whose every connection, after every redirect, goes only where the guard allows. */
export function createGuardedFetch(options: GuardedFetchOptions): GuardedFetch {
  const { guard, userAgent, maxRedirects = 5 } = options;
  const agent = new Agent({
    connect: guardedConnector(guard, options.connectTimeoutMs ?? 10_000),
    headersTimeout: options.headersTimeoutMs ?? 30_000,
    bodyTimeout: options.idleTimeoutMs ?? 30_000,
    maxHeaderSize: 32 * 1024,
  });

  async function ask(
    url: URL,
    credentials: Credentials,
    wanted: FetchOptions,
    signal: AbortSignal | undefined,
  ) {
    return request(bareHref(url), {
      dispatcher: agent,
      method: wanted.method ?? 'GET',
      headers: {
        'user-agent': userAgent,
        accept: '*/*',
        // A length, a range and a hash speak of the bytes as stored only when nobody packs them.
        'accept-encoding': 'identity',
        ...wanted.headers,
        ...(url.origin === credentials.origin ? credentials.headers : {}),
      },
      signal,
    });
  }

  async function follow(
    address: string,
    wanted: FetchOptions,
    signal: AbortSignal | undefined,
  ): Promise<FetchedReply> {
    let url = guard.check(address);
    const credentials = credentialsOf(url);
    for (let hops = 0; ; hops++) {
      const { statusCode, headers, body } = await ask(url, credentials, wanted, signal);
      const location = redirectStatuses.has(statusCode) ? headers.location : undefined;
      if (typeof location !== 'string') {
        return { finalUrl: bareHref(url), status: statusCode, headers, body };
      }
      discard(body);
      if (hops === maxRedirects) throw new FetchFailed('redirects', `More than ${maxRedirects} redirects`);
      url = guard.check(location, url);
    }
  }

  const fetch = async (address: string, wanted: FetchOptions = {}): Promise<FetchedReply> => {
    const limits = [
      wanted.signal,
      wanted.totalTimeoutMs === undefined ? undefined : AbortSignal.timeout(wanted.totalTimeoutMs),
    ];
    const signals = limits.filter((limit) => limit !== undefined);
    const signal = signals.length === 0 ? undefined : AbortSignal.any(signals);
    try {
      const reply = await follow(address, wanted, signal);
      return { ...reply, body: accepted(reply, wanted) };
    } catch (error) {
      throw failureOf(error, wanted.signal);
    }
  };
  return Object.assign(fetch, { close: () => agent.destroy() });
}

/** Connects to the very addresses that the guard has just seen. */
function guardedConnector(guard: AddressGuard, timeout: number): buildConnector.connector {
  return (options, callback) => {
    guard.resolve(options.hostname, options.port, options.protocol).then(
      (addresses) => {
        const [first] = addresses;
        if (first === undefined) return callback(new FetchFailed('dns', 'The host has no address'), null);
        const connect = buildConnector({
          timeout,
          maxCachedSessions: 0,
          lookup: (_hostname, { all }, done) =>
            all ? done(null, addresses) : done(null, first.address, first.family),
        });
        connect(options, callback);
      },
      (error: unknown) => callback(asFetchError(error), null),
    );
  };
}

/** The body under its limits, or the reason not to read it. */
function accepted(
  { body, headers }: FetchedReply,
  { maxBytes = Number.POSITIVE_INFINITY, signal, method }: FetchOptions,
): Readable {
  const encoding = headers['content-encoding'];
  const isTooLarge = method !== 'HEAD' && Number(headers['content-length'] ?? 0) > maxBytes;
  if (isTooLarge || (encoding !== undefined && encoding.trim().toLowerCase() !== 'identity')) {
    discard(body);
    throw isTooLarge
      ? tooLarge()
      : new FetchFailed('encoding', 'The host compressed the answer against our request');
  }
  let received = 0;
  const limited = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      received += chunk.length;
      if (received > maxBytes) done(tooLarge());
      else done(null, chunk);
    },
  });
  // Not `pipeline`: the reader must see our error, and a reader who leaves must close the connection.
  body.on('error', (error) => limited.destroy(failureOf(error, signal)));
  // A connection may break before anyone reads: the reader finds the error, the process must not.
  limited.on('error', () => undefined);
  limited.on('close', () => discard(body));
  return body.pipe(limited);
}

function discard(body: Readable): void {
  body.on('error', () => undefined);
  body.destroy();
}

function failureOf(error: unknown, signal: AbortSignal | undefined): Error {
  if (signal?.aborted && signal.reason instanceof Error) return signal.reason;
  return asFetchError(error);
}

interface Credentials {
  origin: string;
  headers: Record<string, string>;
}

/** User and password of an address go to its own origin alone, as a header, and nowhere else. */
function credentialsOf(url: URL): Credentials {
  const { origin, username, password } = url;
  if (username === '' && password === '') return { origin, headers: {} };
  const pair = `${decodeLoosely(username)}:${decodeLoosely(password)}`;
  return { origin, headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } };
}

function bareHref(url: URL): string {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  return bare.href;
}
