import { createCipheriv } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAddressGuard } from '../../../kernel/net/address-guard.ts';
import { createGuardedFetch, type GuardedFetch } from '../../../kernel/net/guarded-fetch.ts';
import { fetchSegments, type SegmentsRequest } from './fetch-segments.ts';
import type { Segment, SegmentedSound } from './segmented-sound.ts';

const key = Buffer.from('0123456789abcdef');
const iv = Buffer.alloc(16, 7);

let folder: string;
let server: Server;
let fetch: GuardedFetch;
let asked: Map<string, number>;
let answer: (url: string, request: IncomingMessage, response: ServerResponse) => void;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'segments-test-'));
  asked = new Map();
  server = createServer((request, response) => {
    const url = request.url ?? '';
    asked.set(url, (asked.get(url) ?? 0) + 1);
    answer(url, request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  fetch = createGuardedFetch({ guard: createAddressGuard(['127.0.0.1']), userAgent: 'Tester/1' });
  answer = (url, _request, response) => void response.end(`<${url}>`);
});
afterEach(async () => {
  await fetch.close();
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

const at = (url: string, given: Partial<Segment> = {}): Segment => ({
  address: `http://127.0.0.1:${(server.address() as AddressInfo).port}${url}`,
  stretch: null,
  key: null,
  ...given,
});
const soundOf = (...segments: Segment[]): SegmentedSound => ({
  via: 'hls',
  runs: [{ init: null, segments }],
  durationMs: 1000,
});
const bring = (sound: SegmentedSound, given: Partial<SegmentsRequest> = {}) =>
  fetchSegments({
    ...{ fetch, sound, folder, maxBytes: 1e6, retryDelayMs: 1 },
    signal: new AbortController().signal,
    onProgress: () => undefined,
    ...given,
  });
const contents = async (runs: string[][]) =>
  Promise.all(runs.map((paths) => Promise.all(paths.map((one) => readFile(one, 'utf8')))));
const timesAsked = (url: string) => asked.get(url) ?? 0;

test('brings all pieces in their order, headers first, and tells how many', async () => {
  const progress: [number, number][] = [];
  const sound: SegmentedSound = {
    via: 'dash',
    runs: [
      { init: at('/i1'), segments: [at('/a'), at('/b')] },
      { init: null, segments: [at('/c')] },
    ],
    durationMs: 1,
  };
  const runs = await bring(sound, { onProgress: (...now) => progress.push(now) });
  expect(await contents(runs)).toEqual([['</i1>', '</a>', '</b>'], ['</c>']]);
  expect(progress).toEqual([1, 2, 3, 4].map((done) => [done, 4]));
});

test('decrypts with a key that is fetched once for all', async () => {
  answer = (url, _request, response) => {
    if (url === '/key') return void response.end(key);
    const cipher = createCipheriv('aes-128-cbc', key, iv);
    response.end(Buffer.concat([cipher.update(url), cipher.final()]));
  };
  const locked = { key: { address: at('/key').address, iv } };
  const runs = await bring(soundOf(at('/a', locked), at('/b', locked), at('/c', locked)));
  expect(await contents(runs)).toEqual([['/a', '/b', '/c']]);
  expect(timesAsked('/key')).toBe(1);
});

test('asks for stretches, and refuses a host that ignores them', async () => {
  const stretch = { start: 2, length: 3 };
  answer = (_url, request, response) => {
    expect(request.headers.range).toBe('bytes=2-4');
    response.writeHead(206, { 'content-range': 'bytes 2-4/9' }).end('cde');
  };
  expect(await contents(await bring(soundOf(at('/all', { stretch }))))).toEqual([['cde']]);
  answer = (_url, _request, response) => void response.end('abcdefghi');
  await expect(bring(soundOf(at('/other', { stretch })))).rejects.toMatchObject({ failure: 'encoding' });
});

describe('a run that goes on after another', () => {
  const many = () =>
    soundOf(...Array.from({ length: 10 }, (_, index) => at(`/${index}?signed=${timesSigned}`)));
  let timesSigned = 0;

  test('fetches what is not there yet, though the host has signed its addresses anew', async () => {
    timesSigned = 1;
    const stop = new AbortController();
    answer = (url, _request, response) => {
      // The sixth never comes.
      if (!url.startsWith('/5')) response.end(`<${url.slice(0, 2)}>`);
      if (url.startsWith('/8')) setImmediate(() => stop.abort(new Error('the worker is stopping')));
    };
    await expect(bring(many(), { signal: stop.signal })).rejects.toThrow('stopping');
    const first = [...asked.keys()];
    timesSigned = 2;
    answer = (url, _request, response) => void response.end(`<${url.slice(0, 2)}>`);
    const runs = await bring(many());
    expect((await contents(runs))[0]).toEqual(Array.from({ length: 10 }, (_, index) => `</${index}>`));
    const again = [...asked.keys()].filter((url) => url.endsWith('=2'));
    expect(first.length).toBeGreaterThan(6);
    expect(again).toContain('/5?signed=2');
    expect(again.length).toBeLessThan(8);
  });

  test('starts anew when the list has changed', async () => {
    await bring(soundOf(at('/a'), at('/b')));
    await bring(soundOf(at('/b'), at('/a')));
    expect(timesAsked('/a')).toBe(2);
    expect(await readdir(folder)).toHaveLength(1);
  });

  test('at the same time as another brings the same', async () => {
    const sound = soundOf(...Array.from({ length: 8 }, (_, index) => at(`/${index}`)));
    const [one, other] = await Promise.all([bring(sound), bring(sound)]);
    expect(await contents(one)).toEqual(await contents(other));
    expect((await readdir(path.join(folder, (await readdir(folder))[0] ?? ''))).length).toBe(8);
  });
});

describe('a piece', () => {
  test.each([404, 429, 500, 503])('that is missing with %i may come later', async (status) => {
    answer = (url, _request, response) => {
      if (timesAsked(url) < 3) response.writeHead(status).end();
      else response.end('late');
    };
    expect(await contents(await bring(soundOf(at('/a'))))).toEqual([['late']]);
  });

  test('that breaks off is asked for again', async () => {
    answer = (url, _request, response) => {
      if (timesAsked(url) > 1) return void response.end('whole');
      response.writeHead(200, { 'content-length': 100 });
      response.write('ha', () => response.destroy());
    };
    expect(await contents(await bring(soundOf(at('/a'))))).toEqual([['whole']]);
  });

  test.each<[string, Partial<Segment>, (response: ServerResponse) => void, object]>([
    ['forbidden', {}, (response) => response.writeHead(403).end(), { failure: 'status', status: 403 }],
    [
      'too large for what is left',
      {},
      (response) => response.end(Buffer.alloc(2e6)),
      { failure: 'too-large' },
    ],
    ['inside', { address: 'http://10.0.0.1/a' }, (response) => response.end(), { reason: 'private' }],
    [
      'sent on to the inside',
      {},
      (response) => response.writeHead(302, { location: 'http://[::ffff:10.0.0.1]/' }).end(),
      { reason: 'private' },
    ],
    [
      'with its key inside',
      { key: { address: 'http://0x0a000001/key', iv } },
      (response) => response.end(Buffer.alloc(16)),
      { reason: 'private' },
    ],
    [
      'packed',
      {},
      (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
      { failure: 'encoding' },
    ],
  ])('%s ends the work, and nothing half is kept', async (_name, given, reply, failure) => {
    answer = (_url, _request, response) => reply(response);
    await expect(bring(soundOf(at('/a', given), at('/a', given)))).rejects.toMatchObject(failure);
    const [inside = ''] = await readdir(folder);
    expect(await readdir(path.join(folder, inside))).toEqual([]);
  });

  test.each([
    ['too short', Buffer.from('short')],
    ['too long', Buffer.alloc(100)],
    ['wrong', Buffer.alloc(16, 1)],
  ])('whose key is %s ends the work', async (_name, wrong) => {
    answer = (url, _request, response) => {
      const cipher = createCipheriv('aes-128-cbc', key, iv);
      response.end(url === '/key' ? wrong : Buffer.concat([cipher.update('sound'), cipher.final()]));
    };
    const locked = { key: { address: at('/key').address, iv } };
    await expect(bring(soundOf(at('/a', locked)))).rejects.toMatchObject({ name: 'FetchFailed' });
  });
});

test('all pieces together have a limit', async () => {
  answer = (_url, _request, response) => void response.end(Buffer.alloc(400));
  const sound = soundOf(...Array.from({ length: 10 }, (_, index) => at(`/${index}`)));
  await expect(bring(sound, { maxBytes: 3000 })).rejects.toMatchObject({ failure: 'too-large' });
});
