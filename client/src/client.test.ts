import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { ApiProblem, addressOf, createClient, ServerAway } from './index.ts';

let server: Server | undefined;
afterEach(() => server?.close());

async function serve(listener: RequestListener): Promise<string> {
  const started = createServer(listener);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  const { port } = started.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}

const bearer = (request: IncomingMessage) => request.headers.authorization?.replace('Bearer ', '') ?? null;

test('path values are encoded and empty query values left out', () => {
  const call = { path: { id: 'a/b é' }, query: { q: 'eau potable', type: undefined, page: 2, status: '' } };
  expect(addressOf('http://x', '/api/debats/{id}', call)).toBe(
    'http://x/api/debats/a%2Fb%20%C3%A9?q=eau+potable&page=2',
  );
  expect(() => addressOf('', '/api/debats/{id}', {})).toThrow('needs a value for id');
});

test('a form goes as a form, anything else as JSON', async () => {
  const heard: [string | undefined, string][] = [];
  const baseUrl = await serve((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      heard.push([request.headers['content-type'], body]);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  const client = createClient({ baseUrl });
  const form = new FormData();
  form.set('file', new File(['WEBVTT'], 'séance.vtt'));
  const path = { id: 'a' };
  await client.post('/api/recordings/{id}/cancel', { path, body: form });
  await client.post('/api/recordings/{id}/cancel', { path, body: { title: 'Séance' } });
  expect(heard[0]?.[0]).toMatch(/^multipart\/form-data; boundary=/);
  expect(heard[0]?.[1]).toContain('WEBVTT');
  expect(heard[1]).toEqual(['application/json', '{"title":"Séance"}']);
});

test('a refusal becomes an ApiProblem with its fields and request id', async () => {
  const baseUrl = await serve((_, response) => {
    response.writeHead(409, { 'content-type': 'application/problem+json', 'x-request-id': 'r-7' });
    const body = { type: 'urn:antenne:problem:archive.same-source', title: 'Same', detail: 'Here already.' };
    response.end(JSON.stringify({ ...body, debate_id: 'd1', errors: [{ field: 'url', message: 'taken' }] }));
  });
  const failure = await createClient({ baseUrl })
    .get('/api/organisation')
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ApiProblem);
  expect(failure).toMatchObject({
    status: 409,
    type: 'urn:antenne:problem:archive.same-source',
    detail: 'Here already.',
    requestId: 'r-7',
    errors: [{ field: 'url', message: 'taken' }],
    extra: { debate_id: 'd1' },
  });
});

test("a proxy's page is still a problem with a sentence", async () => {
  const baseUrl = await serve((_, response) => {
    response.writeHead(502, { 'content-type': 'text/html', 'retry-after': '12' });
    response.end('<h1>Bad gateway</h1>');
  });
  await expect(createClient({ baseUrl }).get('/api/organisation')).rejects.toMatchObject({
    status: 502,
    type: 'about:blank',
    detail: 'HTTP 502',
    retryAfterSeconds: 12,
  });
});

test('calls refused together share one refresh and are sent again with the new token', async () => {
  const seen: (string | null)[] = [];
  const baseUrl = await serve((request, response) => {
    seen.push(bearer(request));
    response.statusCode = bearer(request) === 'new' ? 200 : 401;
    response.end(JSON.stringify({ needed: false }));
  });
  let current = 'old';
  let refreshes = 0;
  const client = createClient({
    baseUrl,
    token: () => current,
    refresh: async () => {
      refreshes += 1;
      await new Promise((resolve) => setImmediate(resolve));
      current = 'new';
      return current;
    },
  });
  const replies = await Promise.all([
    client.get('/api/setup'),
    client.get('/api/setup'),
    client.get('/api/setup'),
  ]);
  expect(replies).toEqual([{ needed: false }, { needed: false }, { needed: false }]);
  expect(refreshes).toBe(1);
  expect(seen.filter((token) => token === 'new')).toHaveLength(3);
});

test('a second 401 is the answer: no endless refreshing', async () => {
  let asked = 0;
  const baseUrl = await serve((_, response) => {
    asked += 1;
    response.writeHead(401).end();
  });
  const client = createClient({ baseUrl, token: () => 'old', refresh: async () => 'also bad' });
  await expect(client.get('/api/setup')).rejects.toMatchObject({ status: 401 });
  expect(asked).toBe(2);
});

test('a session that is over gives the first 401', async () => {
  const baseUrl = await serve((_, response) => void response.writeHead(401).end());
  const client = createClient({ baseUrl, token: () => 'old', refresh: async () => null });
  await expect(client.get('/api/user/me')).rejects.toMatchObject({ status: 401 });
});

test('an anonymous 401 does not ask for a refresh', async () => {
  const baseUrl = await serve((_, response) => void response.writeHead(401).end());
  const client = createClient({ baseUrl, refresh: () => Promise.reject(new Error('must not be called')) });
  await expect(client.get('/api/user/me')).rejects.toMatchObject({ status: 401 });
});

test('an empty answer is undefined', async () => {
  const baseUrl = await serve((_, response) => void response.writeHead(204).end());
  expect(await createClient({ baseUrl }).post('/api/v1/auth/logout')).toBeUndefined();
});

test('nobody there is ServerAway, an aborted call stays an AbortError', async () => {
  const baseUrl = await serve(() => undefined);
  const stopping = new AbortController();
  const call = createClient({ baseUrl }).get('/api/setup', { signal: stopping.signal });
  stopping.abort();
  await expect(call).rejects.toMatchObject({ name: 'AbortError' });
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
  await expect(createClient({ baseUrl }).get('/api/setup')).rejects.toBeInstanceOf(ServerAway);
});
