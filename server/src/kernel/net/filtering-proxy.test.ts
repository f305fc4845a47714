import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createAddressGuard } from './address-guard.ts';
import { type FilteringProxy, type FilteringProxyOptions, openFilteringProxy } from './filtering-proxy.ts';

let host: Server;
let port: number;
let seen: IncomingMessage[];
let proxy: FilteringProxy | undefined;

beforeEach(async () => {
  seen = [];
  host = createServer((asked, reply) => {
    seen.push(asked);
    if (asked.url === '/redirect') reply.writeHead(302, { location: 'http://10.0.0.1/' }).end();
    else if (asked.url === '/endless') {
      const drip = setInterval(() => reply.write(Buffer.alloc(10_000)), 1);
      reply.on('close', () => clearInterval(drip));
    } else asked.pipe(reply.writeHead(200, { 'x-from': 'host', connection: 'x-secret', 'x-secret': '1' }));
  });
  host.listen(0, '127.0.0.1');
  await once(host, 'listening');
  port = (host.address() as AddressInfo).port;
});
afterEach(async () => {
  await proxy?.close();
  proxy = undefined;
  host.closeAllConnections();
  host.close();
});

const open = async (allowed: string[], options: Partial<FilteringProxyOptions> = {}) => {
  proxy = await openFilteringProxy({ guard: createAddressGuard(allowed), maxBytes: 1e6, ...options });
  return new URL(proxy.url);
};
const authorization = ({ username, password }: URL) =>
  `Basic ${Buffer.from(`${username}:${decodeURIComponent(password)}`).toString('base64')}`;

/** Asks the proxy for an address as a program does. */
async function ask(
  through: URL,
  target: string,
  given: { method?: string; body?: string; headers?: Record<string, string> } = {},
): Promise<{ status: number | undefined; headers: IncomingMessage['headers']; body: string }> {
  const asking = request({
    host: through.hostname,
    port: through.port,
    method: given.method ?? 'GET',
    path: target,
    headers: { 'proxy-authorization': authorization(through), ...given.headers },
    agent: false,
  });
  asking.end(given.body);
  const [reply] = (await once(asking, 'response')) as [IncomingMessage];
  return { status: reply.statusCode, headers: reply.headers, body: await text(reply) };
}

/** The first line that a CONNECT is answered with, and the socket. */
async function tunnel(
  through: URL,
  authority: string,
  credentials = authorization(through),
): Promise<[string, Socket]> {
  const socket = connect(Number(through.port), through.hostname);
  socket.on('error', () => undefined);
  socket.write(
    `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\nProxy-Authorization: ${credentials}\r\n\r\n`,
  );
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  return [chunk.toString().split('\r\n')[0] ?? '', socket];
}

test('passes what the guard allows, both ways, without what belongs to the connection', async () => {
  const through = await open(['127.0.0.1']);
  const reply = await ask(through, `http://127.0.0.1:${port}/echo`, {
    method: 'POST',
    body: 'hello',
    headers: { 'x-mine': 'yes' },
  });
  expect(reply).toMatchObject({ status: 200, body: 'hello', headers: { 'x-from': 'host' } });
  expect(reply.headers['x-secret']).toBeUndefined();
  expect(seen[0]?.headers).toMatchObject({ 'x-mine': 'yes', host: `127.0.0.1:${port}` });
  expect(seen[0]?.headers['proxy-authorization']).toBeUndefined();
});

test('tunnels to the same', async () => {
  const through = await open(['127.0.0.1']);
  const [line, socket] = await tunnel(through, `127.0.0.1:${port}`);
  expect(line).toBe('HTTP/1.1 200 Connection Established');
  socket.end('GET /in-tunnel HTTP/1.0\r\n\r\n');
  expect(await text(socket)).toContain('x-from: host');
});

describe('refuses', () => {
  test('whoever lacks the credentials', async () => {
    const through = await open(['127.0.0.1']);
    const wrong = { headers: { 'proxy-authorization': 'Basic am9iOndyb25n' } };
    expect((await ask(through, `http://127.0.0.1:${port}/`, wrong)).status).toBe(407);
    expect((await tunnel(through, `127.0.0.1:${port}`, 'Basic am9iOndyb25n'))[0]).toContain(' 407 ');
    expect(seen).toHaveLength(0);
  });

  test.each([
    'http://127.0.0.1:PORT/',
    'http://2130706433:PORT/',
    'http://0x7f.1:PORT/',
    'http://0177.0.0.1:PORT/',
    'http://localhost:PORT/',
    'http://[::ffff:127.0.0.1]:PORT/',
    'http://[::1]:PORT/',
    'http://10.0.0.1/',
    'http://169.254.169.254/latest/meta-data/',
    'https://example.org/',
    'ftp://example.org/',
    'file:///etc/passwd',
    '/etc/passwd',
    'http://93.184.215.14:25/',
  ])('%s', async (target) => {
    const through = await open([]);
    expect((await ask(through, target.replace('PORT', String(port)))).status).toBe(403);
    expect(seen).toHaveLength(0);
  });

  test.each([
    '127.0.0.1:PORT',
    'localhost:PORT',
    '2130706433:PORT',
    '[::1]:PORT',
    '10.0.0.1:443',
    '93.184.215.14:22',
  ])('a tunnel to %s', async (authority) => {
    const through = await open([]);
    expect((await tunnel(through, authority.replace('PORT', String(port))))[0]).toContain(' 403 ');
    expect(proxy?.refusedHost).not.toBeNull();
  });

  test.each(['nonsense', 'host:', ':80'])('a tunnel to %s, which is no place', async (authority) => {
    const through = await open([]);
    expect((await tunnel(through, authority))[0]).toMatch(/ 40[03] /);
  });

  test.each(['CONNECTED', 'PUT', 'DELETE', 'TRACE'])('the method %s', async (method) => {
    const through = await open(['127.0.0.1']);
    const socket = connect(Number(through.port), through.hostname);
    socket.end(
      `${method} http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: x\r\nProxy-Authorization: ${authorization(through)}\r\n\r\n`,
    );
    expect(await text(socket)).not.toContain(' 200 ');
    expect(seen).toHaveLength(0);
  });

  test('the next address when a redirect leads inside: who follows it asks again', async () => {
    const through = await open(['127.0.0.1']);
    const reply = await ask(through, `http://127.0.0.1:${port}/redirect`);
    expect(reply).toMatchObject({ status: 302, headers: { location: 'http://10.0.0.1/' } });
    expect((await ask(through, 'http://10.0.0.1/')).status).toBe(403);
    expect(proxy?.refusedHost).toBe('10.0.0.1');
  });
});

test('a name is resolved once, and the connection goes to what was judged', async () => {
  const guard = createAddressGuard(['127.0.0.1']);
  const answers = ['127.0.0.1', '10.0.0.1'];
  // DNS that gives another answer the second time.
  const resolve = vi.fn(async () => [{ address: answers.shift() ?? '10.0.0.1', family: 4 }]);
  const through = await open([], { guard: { ...guard, resolve } });
  const reply = await ask(through, `http://rebinding.test:${port}/`);
  expect(reply.status).toBe(200);
  expect(resolve).toHaveBeenCalledTimes(1);
  expect(seen[0]?.headers.host).toBe(`rebinding.test:${port}`);
});

test('an answer of DNS that comes after the end opens nothing', async () => {
  const guard = createAddressGuard(['127.0.0.1']);
  const dns = Promise.withResolvers<{ address: string; family: number }[]>();
  const resolve = vi.fn(() => dns.promise);
  const through = await open([], { guard: { ...guard, resolve } });
  const asking = ask(through, `http://late.test:${port}/`).catch(() => null);
  await vi.waitFor(() => expect(resolve).toHaveBeenCalled());
  await proxy?.close();
  proxy = undefined;
  dns.resolve([{ address: '127.0.0.1', family: 4 }]);
  await asking;
  await new Promise((done) => setImmediate(done));
  expect(seen).toHaveLength(0);
});

test('more bytes than allowed end everything', async () => {
  const through = await open(['127.0.0.1'], { maxBytes: 100_000 });
  await expect(ask(through, `http://127.0.0.1:${port}/endless`)).rejects.toThrow();
  expect(proxy?.isExhausted).toBe(true);
  expect((await ask(through, `http://127.0.0.1:${port}/`)).status).toBe(403);
});

test('silence ends a connection', async () => {
  const mute = createTcpServer(() => undefined).listen(0, '127.0.0.1');
  await once(mute, 'listening');
  const through = await open(['127.0.0.1'], { idleTimeoutMs: 100 });
  const [, socket] = await tunnel(through, `127.0.0.1:${(mute.address() as AddressInfo).port}`);
  await once(socket, 'close');
  mute.close();
});

test('closing takes every connection along, and the port', async () => {
  const through = await open(['127.0.0.1']);
  const [, socket] = await tunnel(through, `127.0.0.1:${port}`);
  const closed = once(socket, 'close');
  await proxy?.close();
  proxy = undefined;
  await closed;
  const again = connect(Number(through.port), through.hostname);
  const [error] = await once(again, 'error');
  expect(error).toMatchObject({ code: 'ECONNREFUSED' });
});
