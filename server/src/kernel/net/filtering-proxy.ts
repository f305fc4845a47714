import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { type Duplex, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { AddressGuard, ResolvedAddress } from './address-guard.ts';
import { AddressRefused } from './errors.ts';

/** Whom a program may reach through the proxy, and how much of it. */
export interface FilteringProxyOptions {
  guard: AddressGuard;
  /** Bytes in both directions before everything ends. */
  maxBytes: number;
  /** Longest silence on a connection. Default 60 s. */
  idleTimeoutMs?: number;
  /** Connections at once; more are turned away. Default 64. */
  maxConnections?: number;
}

/** A forward proxy of one job's own: gone with `close`, useless to anyone without its credentials. */
export interface FilteringProxy {
  /** With user and password: for the environment of a child, never for a log or a command line. */
  readonly url: string;
  readonly passedBytes: number;
  /** True once `maxBytes` was reached and everything cut. */
  readonly isExhausted: boolean;
  /** The first host that was refused, null when none was. */
  readonly refusedHost: string | null;
  /** Ends every connection. */
  close(): Promise<void>;
}

const allowedMethods = new Set(['GET', 'HEAD', 'POST']);
/** RFC 9110 §7.6.1: of this connection only; and what is ours to know. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * For programs that resolve names by themselves (yt-dlp): HTTP and CONNECT on a random port of 127.0.0.1. Every
 * address is resolved and judged here, and the connection goes to exactly what was judged.
 */
export async function openFilteringProxy(options: FilteringProxyOptions): Promise<FilteringProxy> {
  const { guard, maxBytes, idleTimeoutMs = 60_000, maxConnections = 64 } = options;
  const password = randomBytes(24).toString('base64url');
  const expected = Buffer.from(`Basic ${Buffer.from(`job:${password}`).toString('base64')}`);
  const sockets = new Set<Duplex>();
  let passedBytes = 0;
  let refusedHost: string | null = null;
  let isClosed = false;

  const track = <T extends Socket>(socket: T): T => {
    sockets.add(socket);
    // Each end of a tunnel is in two pipelines, which listen to it several times.
    socket.setMaxListeners(30);
    socket.setTimeout(idleTimeoutMs, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    return socket;
  };
  const cutAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  /** Passes bytes on and counts them; the one that is too many ends everything. */
  const counting = () =>
    new Transform({
      transform(chunk: Buffer, _encoding, done) {
        passedBytes += chunk.length;
        if (passedBytes > maxBytes) cutAll();
        else done(null, chunk);
      },
    });
  const mayUse = ({ headers }: IncomingMessage) => {
    const given = Buffer.from(headers['proxy-authorization'] ?? '');
    return given.length === expected.length && timingSafeEqual(given, expected);
  };
  /** The address and what it leads to; throws AddressRefused, or what the look-up throws. */
  const judge = async (address: string): Promise<{ url: URL; addresses: ResolvedAddress[] }> => {
    try {
      const url = guard.check(address);
      const addresses = await guard.resolve(url.hostname, url.port, url.protocol);
      // The job may have ended while DNS was asked: nothing begins any more.
      if (isClosed) throw new Error('the proxy is closed');
      return { url, addresses };
    } catch (error) {
      if (error instanceof AddressRefused) refusedHost ??= error.host;
      throw error;
    }
  };

  async function forward(asked: IncomingMessage, reply: ServerResponse): Promise<void> {
    if (!mayUse(asked)) return refuse(reply, 407);
    if (!allowedMethods.has(asked.method ?? '') || passedBytes > maxBytes) return refuse(reply, 403);
    // What is secure goes through a tunnel; here it would travel in the clear.
    if (!/^http:/i.test(asked.url ?? '')) return refuse(reply, 403);
    const { url, addresses } = await judge(asked.url ?? '');
    const onward = request({
      method: asked.method,
      host: bareHost(url),
      port: url.port || 80,
      path: `${url.pathname}${url.search}`,
      headers: { ...passedOn(asked.headers), host: url.host, connection: 'close' },
      lookup: pinned(addresses),
      agent: false,
      maxHeaderSize: 32 * 1024,
    });
    onward.on('socket', track);
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      onward.on('response', resolve).on('error', reject);
    });
    reply.on('close', () => onward.destroy());
    pipeline(asked, counting(), onward).catch(() => onward.destroy());
    const answer = await answered;
    reply.writeHead(answer.statusCode ?? 502, passedOn(answer.headers));
    await pipeline(answer, counting(), reply);
  }

  async function tunnel(asked: IncomingMessage, client: Socket, head: Buffer): Promise<void> {
    if (!mayUse(asked)) return refuseTunnel(client, 407);
    if (passedBytes > maxBytes) return refuseTunnel(client, 403);
    const authority = /^(.+):(\d{1,5})$/.exec(asked.url ?? '');
    if (!authority) return refuseTunnel(client, 400);
    const { url, addresses } = await judge(`https://${authority[1]}:${authority[2]}/`);
    const port = Number(url.port || 443);
    const far = track(connect({ host: bareHost(url), port, lookup: pinned(addresses) }));
    client.on('close', () => far.destroy());
    await new Promise<void>((resolve, reject) => {
      far.once('connect', resolve).once('error', reject);
      far.once('close', () => reject(new Error('the connection was closed')));
    });
    far.on('close', () => client.destroy());
    client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    if (head.length > 0) client.unshift(head);
    await Promise.all([pipeline(client, counting(), far), pipeline(far, counting(), client)]);
  }

  const server = createServer({ maxHeaderSize: 32 * 1024, headersTimeout: 10_000, requestTimeout: 0 });
  server.on('connection', (socket) => {
    if (sockets.size >= 2 * maxConnections) socket.destroy();
    else track(socket);
  });
  server.on('request', (asked, reply) => {
    forward(asked, reply).catch((error: unknown) => refuse(reply, statusOf(error)));
  });
  server.on('connect', (asked, client: Socket, head) => {
    tunnel(asked, client, head).catch((error: unknown) => refuseTunnel(client, statusOf(error)));
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://job:${password}@127.0.0.1:${port}`,
    get passedBytes() {
      return passedBytes;
    },
    get isExhausted() {
      return passedBytes > maxBytes;
    },
    get refusedHost() {
      return refusedHost;
    },
    close: async () => {
      isClosed = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      cutAll();
      await closed;
    },
  };
}

/** A look-up that knows one answer: no second DNS question that could be answered otherwise. */
function pinned(addresses: ResolvedAddress[]) {
  return (
    _hostname: string,
    { all }: { all?: boolean | undefined },
    done: (error: NodeJS.ErrnoException | null, address: string | ResolvedAddress[], family?: number) => void,
  ) => {
    const [first] = addresses;
    if (first === undefined) done(Object.assign(new Error('no address'), { code: 'ENOTFOUND' }), '');
    else if (all) done(null, addresses);
    else done(null, first.address, first.family);
  };
}

const bareHost = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');

function passedOn(headers: IncomingMessage['headers']): Record<string, string | string[]> {
  const named = new Set((headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase()));
  const passed: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !hopByHop.has(name) && !named.has(name)) passed[name] = value;
  }
  return passed;
}

const sentences: Record<number, string> = {
  400: 'This is not an address.',
  403: 'This address may not be fetched.',
  407: 'This proxy belongs to one job.',
  502: 'The host cannot be reached.',
};

const statusOf = (error: unknown) => (error instanceof AddressRefused ? 403 : 502);

function refuse(reply: ServerResponse, status: number): void {
  if (reply.headersSent) return void reply.destroy();
  const body = sentences[status] ?? '';
  const challenge = status === 407 ? { 'proxy-authenticate': 'Basic realm="antenne"' } : {};
  reply.writeHead(status, { 'content-type': 'text/plain', connection: 'close', ...challenge }).end(body);
}

function refuseTunnel(client: Socket, status: number): void {
  if (client.destroyed) return;
  const challenge = status === 407 ? 'Proxy-Authenticate: Basic realm="antenne"\r\n' : '';
  client.end(`HTTP/1.1 ${status} Refused\r\n${challenge}Content-Length: 0\r\nConnection: close\r\n\r\n`);
}
