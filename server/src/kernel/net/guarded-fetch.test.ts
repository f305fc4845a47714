import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type AddressGuard, createAddressGuard } from './address-guard.ts';
import { AddressRefused, FetchFailed } from './errors.ts';
import { createGuardedFetch, type GuardedFetch } from './guarded-fetch.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(handler: Handler) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    handler(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { port, requests, at: (path: string) => `http://127.0.0.1:${port}${path}` };
}

function fetcher(
  allowedHosts: string[],
  options: { guard?: AddressGuard; [limit: string]: unknown } = {},
): GuardedFetch {
  const fetch = createGuardedFetch({
    guard: createAddressGuard(allowedHosts),
    userAgent: 'Tester/1',
    ...options,
  });
  closers.push(fetch.close);
  return fetch;
}

const redirectTo =
  (location: string, status = 302): Handler =>
  (_request, response) => {
    response.writeHead(status, { location }).end('moved');
  };

test('gives status, headers, final address and bytes, and asks for them unpacked', async () => {
  const server = await serve((_request, response) =>
    response.writeHead(200, { 'content-type': 'audio/mpeg' }).end('sound'),
  );
  const reply = await fetcher([`127.0.0.1:${server.port}`])(server.at('/a.mp3?x=1#t=5'));
  expect([reply.status, reply.headers['content-type'], reply.finalUrl]).toEqual([
    200,
    'audio/mpeg',
    server.at('/a.mp3?x=1'),
  ]);
  expect(await text(reply.body)).toBe('sound');
  expect(server.requests[0]?.headers).toMatchObject({
    'accept-encoding': 'identity',
    'user-agent': 'Tester/1',
  });
});

test('an error status is a reply, not an exception', async () => {
  const server = await serve((_request, response) => response.writeHead(404).end('no'));
  const reply = await fetcher(['127.0.0.1'])(server.at('/'));
  expect([reply.status, await text(reply.body)]).toEqual([404, 'no']);
});

describe('private addresses', () => {
  test('are refused without a connection', async () => {
    const server = await serve((_request, response) => response.end('secret'));
    const fetch = fetcher([]);
    for (const host of [
      '127.0.0.1',
      'localhost',
      '2130706433',
      '[::ffff:127.0.0.1]',
      '0x7f.1',
      '127.0.0.1.',
    ]) {
      await expect(fetch(`http://${host}:${server.port}/`)).rejects.toMatchObject({
        name: 'AddressRefused',
        reason: 'private',
      });
    }
    expect(server.requests).toHaveLength(0);
  });

  test.each([
    (port: number) => `http://127.0.0.1:${port}/`,
    (port: number) => `http://2130706433:${port}/`,
    (port: number) => `http://[::ffff:127.0.0.1]:${port}/`,
    (port: number) => `//localhost:${port}/`,
    (port: number) => `http://user:pass@0177.0.0.1:${port}/`,
  ])('are refused after a redirect, %#', async (locate) => {
    const secret = await serve((_request, response) => response.end('secret'));
    const door = await serve(redirectTo(locate(secret.port)));
    const fetch = fetcher([`127.0.0.1:${door.port}`]);
    await expect(fetch(door.at('/'))).rejects.toBeInstanceOf(AddressRefused);
    expect(secret.requests).toHaveLength(0);
    expect(door.requests).toHaveLength(1);
  });

  test('redirects to other schemes are refused', async () => {
    const door = await serve(redirectTo('file:///etc/passwd'));
    await expect(fetcher(['127.0.0.1'])(door.at('/'))).rejects.toMatchObject({ reason: 'scheme' });
  });

  test('a name is looked up once: the address that was judged is the one connected to', async () => {
    const server = await serve((_request, response) => response.end('here'));
    const resolve = vi.fn(async () => [{ address: '127.0.0.1', family: 4 }]);
    const guard: AddressGuard = { check: createAddressGuard([]).check, resolve };
    const reply = await fetcher([], { guard })(`http://no-such-name.invalid:${server.port}/`);
    expect(await text(reply.body)).toBe('here');
    expect(resolve).toHaveBeenCalledTimes(1);
    expect(server.requests[0]?.headers.host).toBe(`no-such-name.invalid:${server.port}`);
  });
});

describe('redirects', () => {
  test.each([301, 302, 303, 307, 308])('%i is followed, relative ones too', async (status) => {
    const server = await serve((request, response) => {
      if (request.url === '/a/b') redirectTo('../c', status)(request, response);
      else response.end(request.url);
    });
    const reply = await fetcher(['127.0.0.1'])(server.at('/a/b'));
    expect([await text(reply.body), reply.finalUrl]).toEqual(['/c', server.at('/c')]);
  });

  test('loops and long chains end', async () => {
    const server = await serve(redirectTo('/again'));
    const fetch = fetcher(['127.0.0.1']);
    await expect(fetch(server.at('/'))).rejects.toMatchObject({ failure: 'redirects' });
    expect(server.requests).toHaveLength(6);
  });

  test('credentials go to their own origin only, and into no address that we give back', async () => {
    const other = await serve((_request, response) => response.end('ok'));
    const first = await serve(redirectTo(other.at('/')));
    const reply = await fetcher(['127.0.0.1'])(`http://m%C3%A9:s%3Acret@127.0.0.1:${first.port}/`);
    await text(reply.body);
    const sent = first.requests[0]?.headers.authorization ?? '';
    expect(Buffer.from(sent.replace('Basic ', ''), 'base64').toString()).toBe('mé:s:cret');
    expect(other.requests[0]?.headers.authorization).toBeUndefined();
    expect(reply.finalUrl).toBe(other.at('/'));
  });
});

describe('limits', () => {
  test('an announced length over the limit is refused at once, an unannounced one on the way', async () => {
    const server = await serve((request, response) => {
      if (request.url === '/announced') response.writeHead(200, { 'content-length': 5000 });
      response.write(Buffer.alloc(2500));
      response.end(Buffer.alloc(2500));
    });
    const fetch = fetcher(['127.0.0.1']);
    await expect(fetch(server.at('/announced'), { maxBytes: 4999 })).rejects.toMatchObject({
      failure: 'too-large',
    });
    const reply = await fetch(server.at('/chunked'), { maxBytes: 4999 });
    await expect(buffer(reply.body)).rejects.toMatchObject({ failure: 'too-large' });
    const fitting = await fetch(server.at('/chunked'), { maxBytes: 5000 });
    expect(await buffer(fitting.body)).toHaveLength(5000);
  });

  test('silence before the headers', async () => {
    const server = await serve(() => undefined);
    await expect(fetcher(['127.0.0.1'], { headersTimeoutMs: 100 })(server.at('/'))).rejects.toMatchObject({
      failure: 'timeout',
    });
  });

  test('silence inside the body', async () => {
    const server = await serve((_request, response) => response.write('begun'));
    const reply = await fetcher(['127.0.0.1'], { idleTimeoutMs: 100 })(server.at('/'));
    await expect(text(reply.body)).rejects.toMatchObject({ failure: 'timeout' });
  });

  test('a body that drips for ever meets the total limit', async () => {
    const server = await serve((_request, response) => {
      const drip = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(drip));
    });
    const reply = await fetcher(['127.0.0.1'], { idleTimeoutMs: 5000 })(server.at('/'), {
      totalTimeoutMs: 300,
    });
    await expect(text(reply.body)).rejects.toMatchObject({ failure: 'timeout' });
  });

  test('the caller may stop at any time and gets its own reason back', async () => {
    const server = await serve((_request, response) => response.write('begun'));
    const stop = new AbortController();
    const reply = await fetcher(['127.0.0.1'])(server.at('/'), { signal: stop.signal });
    const reading = text(reply.body);
    stop.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
  });

  test('a reader that leaves closes the connection', async () => {
    const closed = Promise.withResolvers<void>();
    const server = await serve((_request, response) => {
      response.on('close', () => closed.resolve());
      response.write(Buffer.alloc(1000));
    });
    const reply = await fetcher(['127.0.0.1'])(server.at('/'));
    reply.body.destroy();
    await closed.promise;
    expect(server.requests).toHaveLength(1);
  });
});

describe('broken hosts', () => {
  test('a packed body that nobody asked for', async () => {
    const server = await serve((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x')),
    );
    await expect(fetcher(['127.0.0.1'])(server.at('/'))).rejects.toMatchObject({ failure: 'encoding' });
  });

  test('fewer bytes than announced', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('short', () => response.destroy());
    });
    const reply = await fetcher(['127.0.0.1'])(server.at('/'));
    await expect(text(reply.body)).rejects.toMatchObject({ failure: 'broken' });
  });

  test('a body that breaks before anyone reads it keeps its error for the reader', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('x', () => response.destroy());
    });
    const { body } = await fetcher(['127.0.0.1'])(server.at('/'));
    await new Promise((resolve) => body.once('close', resolve));
    await expect(text(body)).rejects.toMatchObject({ failure: 'broken' });
  });

  test('nobody there, no such name, no HTTP', async () => {
    const gone = await serve(() => undefined);
    await closers.pop()?.();
    const fetch = fetcher(['127.0.0.1']);
    await expect(fetch(gone.at('/'))).rejects.toMatchObject({ failure: 'connect' });
    await expect(fetch('http://no-such-name.invalid/')).rejects.toMatchObject({ failure: 'dns' });
    const odd = await serve((request) => request.socket.end('SSH-2.0-OpenSSH\r\n'));
    await expect(fetch(odd.at('/'))).rejects.toBeInstanceOf(FetchFailed);
  });
});
