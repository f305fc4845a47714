import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createDiskStorage, type DiskStorage } from '../storage/disk-storage.ts';
import { createAddressGuard } from './address-guard.ts';
import { type DownloadRequest, download } from './download.ts';
import { createGuardedFetch, type GuardedFetch } from './guarded-fetch.ts';

const bytes = randomBytes(1_500_000);

let folder: string;
let storage: DiskStorage;
let server: Server;
let fetch: GuardedFetch;
let requests: IncomingMessage[];
let answer: (request: IncomingMessage, response: ServerResponse, count: number) => void;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'download-test-'));
  storage = await createDiskStorage({ folder, reserveBytes: 0 });
  requests = [];
  server = createServer((request, response) => answer(request, response, requests.push(request)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  fetch = createGuardedFetch({
    guard: createAddressGuard(['127.0.0.1']),
    userAgent: 'Tester/1',
    idleTimeoutMs: 2000,
  });
});
afterEach(async () => {
  await fetch.close();
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

const get = (options: Partial<DownloadRequest> = {}) =>
  download({
    fetch,
    storage,
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/d/f.mp3`,
    retryDelayMs: 1,
    ...options,
  });
const drafts = () => readdir(join(folder, 'tmp'));

/** Sends `content` from the asked byte, with a hole in the connection after `dropAfter` bytes. */
function send(
  request: IncomingMessage,
  response: ServerResponse,
  options: {
    content?: Buffer;
    validator?: Record<string, string>;
    dropAfter?: number;
    ranges?: boolean;
  } = {},
): void {
  const { content = bytes, validator = { etag: '"v1"' }, dropAfter, ranges = true } = options;
  const current = validator.etag ?? validator['last-modified'];
  const asked = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
  const start = ranges && asked && request.headers['if-range'] === current ? Number(asked[1]) : 0;
  const partial =
    start > 0 ? { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` } : {};
  response.writeHead(start > 0 ? 206 : 200, {
    ...validator,
    ...partial,
    'content-length': content.length - start,
  });
  if (dropAfter === undefined) response.end(content.subarray(start));
  else response.write(content.subarray(start, start + dropAfter), () => response.destroy());
}

test('brings the bytes, their description and the progress', async () => {
  answer = (_request, response) => {
    response.setHeader('content-type', 'Audio/MPEG; charset=x');
    response.setHeader('content-disposition', `attachment; filename*=UTF-8''..%2Fs%C3%A9ance.mp3`);
    send(_request, response);
  };
  const seen: [number, number | null][] = [];
  const result = await get({ onProgress: (...progress) => seen.push(progress) });
  expect(result).toMatchObject({ contentType: 'audio/mpeg', suggestedName: 'séance.mp3' });
  expect(seen.at(-1)).toEqual([bytes.length, bytes.length]);
  await result.draft.commit('got');
  expect((await readFile(await storage.localPath('got'))).equals(bytes)).toBe(true);
});

test.each([
  ['/d/f.mp3', 'f.mp3'],
  ['/d/', null],
  ['/%E9.mp3', '%E9.mp3'],
  ['/a%2F..%2Fb.mp3?x=/y', 'b.mp3'],
])('without a name from the host, %s gives %s', async (path, name) => {
  answer = (request, response) => send(request, response);
  const { port } = server.address() as AddressInfo;
  const { draft, suggestedName } = await get({ address: `http://127.0.0.1:${port}${path}` });
  expect(suggestedName).toBe(name);
  await draft.abandon();
});

describe('a connection that drops', () => {
  test.each<[string, Record<string, string>]>([
    ['a strong tag', { etag: '"v1"' }],
    ['a date', { 'last-modified': 'Sat, 14 Mar 2026 15:09:26 GMT' }],
  ])('goes on where it stopped, with %s', async (_name, validator) => {
    answer = (request, response, count) =>
      send(request, response, { validator, dropAfter: count < 4 ? 400_000 : undefined });
    const { draft } = await get();
    await draft.commit('whole');
    expect((await readFile(await storage.localPath('whole'))).equals(bytes)).toBe(true);
    expect(requests).toHaveLength(4);
    expect(requests.slice(1).every(({ headers }) => Number(/\d+/.exec(headers.range ?? '')?.[0]) > 0)).toBe(
      true,
    );
  });

  test.each<[string, Record<string, string>, boolean]>([
    ['no validator', {}, true],
    ['only a weak tag', { etag: 'W/"v1"' }, true],
    ['no ranges', { etag: '"v1"' }, false],
  ])('starts again with %s', async (_name, validator, ranges) => {
    answer = (request, response, count) =>
      send(request, response, { validator, ranges, dropAfter: count < 3 ? 400_000 : undefined });
    const { draft } = await get();
    const { sizeBytes } = await draft.commit('whole');
    expect(sizeBytes).toBe(bytes.length);
    expect((await readFile(await storage.localPath('whole'))).equals(bytes)).toBe(true);
  });

  test('never mixes two versions of a file', async () => {
    const newer = randomBytes(900_000);
    answer = (request, response, count) => {
      if (count === 1) send(request, response, { dropAfter: 400_000 });
      else send(request, response, { content: newer, validator: { etag: '"v2"' } });
    };
    const { draft } = await get();
    await draft.commit('whole');
    expect((await readFile(await storage.localPath('whole'))).equals(newer)).toBe(true);
  });

  test('a host that resumes at the wrong byte is asked for everything', async () => {
    answer = (request, response, count) => {
      if (count === 1) return send(request, response, { dropAfter: 400_000 });
      if (count > 2) return send(request, response);
      response.writeHead(206, {
        etag: '"v1"',
        'content-range': `bytes 5-${bytes.length - 1}/${bytes.length}`,
      });
      response.end(bytes.subarray(5));
    };
    const { draft } = await get();
    await draft.commit('whole');
    expect((await readFile(await storage.localPath('whole'))).equals(bytes)).toBe(true);
    expect(requests[2]?.headers.range).toBeUndefined();
  });

  test('dropped after the last byte: 416 says that it is complete', async () => {
    let first: ServerResponse | undefined;
    answer = (_request, response, count) => {
      if (count > 1) {
        response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
        return;
      }
      // Chunked, and never closed properly.
      first = response.writeHead(200, { etag: '"v1"' });
      first.write(bytes);
    };
    const onProgress = (received: number) => {
      if (received === bytes.length) first?.destroy();
    };
    const { draft } = await get({ onProgress });
    await draft.commit('whole');
    expect((await readFile(await storage.localPath('whole'))).equals(bytes)).toBe(true);
    expect(requests.map(({ headers }) => headers.range)).toEqual([undefined, `bytes=${bytes.length}-`]);
  });

  test('counts once against the limit when the host begins again instead of going on', async () => {
    answer = (request, response, count) =>
      send(request, response, { ranges: false, dropAfter: count === 1 ? 400_000 : undefined });
    const { draft } = await get({ maxBytes: bytes.length });
    expect((await draft.commit('whole')).sizeBytes).toBe(bytes.length);
    await expect(get({ maxBytes: bytes.length - 1 })).rejects.toMatchObject({ failure: 'too-large' });
  });

  test('gives up after so many attempts without a new byte, and leaves nothing', async () => {
    answer = (request, response, count) =>
      count === 1 ? send(request, response, { dropAfter: 1000 }) : response.destroy();
    await expect(get({ maxAttempts: 3 })).rejects.toMatchObject({ failure: 'broken' });
    expect(requests).toHaveLength(3);
    expect(await drafts()).toEqual([]);
  });
});

describe('failures leave nothing behind', () => {
  test.each([
    [404, 1],
    [403, 1],
    [503, 2],
    [429, 2],
  ])('status %i is asked %i times', async (status, times) => {
    answer = (_request, response) => void response.writeHead(status).end();
    await expect(get({ maxAttempts: 2 })).rejects.toMatchObject({ failure: 'status', status });
    expect(requests).toHaveLength(times);
    expect(await drafts()).toEqual([]);
  });

  test('too large, over resumptions too', async () => {
    answer = (request, response, count) =>
      send(request, response, { dropAfter: count === 1 ? 400_000 : undefined });
    await expect(get({ maxBytes: bytes.length - 1 })).rejects.toMatchObject({ failure: 'too-large' });
    answer = (_request, response, count) => {
      response.writeHead(200, { etag: '"v1"' });
      response.write(bytes.subarray(0, 1000), () => (count % 2 ? response.destroy() : response.end(bytes)));
    };
    await expect(get({ maxBytes: bytes.length })).rejects.toMatchObject({ failure: 'too-large' });
    expect(await drafts()).toEqual([]);
  });

  test('a private address is refused once, not retried', async () => {
    answer = (_request, response) => void response.writeHead(302, { location: 'http://10.0.0.1/' }).end();
    await expect(get()).rejects.toMatchObject({ reason: 'private' });
    expect(requests).toHaveLength(1);
    expect(await drafts()).toEqual([]);
  });

  test('a full disk', async () => {
    answer = (request, response) => send(request, response);
    const full = await createDiskStorage({ folder, reserveBytes: Number.MAX_SAFE_INTEGER });
    await expect(get({ storage: full })).rejects.toMatchObject({ code: 'storage-full' });
  });

  test('an abort in the middle', async () => {
    answer = (_request, response) => void response.write(bytes.subarray(0, 1000));
    const stop = new AbortController();
    const onProgress = () => stop.abort(new Error('cancelled'));
    await expect(get({ signal: stop.signal, onProgress })).rejects.toThrow('cancelled');
    expect(await drafts()).toEqual([]);
  });
});
