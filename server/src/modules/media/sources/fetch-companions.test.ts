import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAddressGuard } from '../../../kernel/net/address-guard.ts';
import { createGuardedFetch, type GuardedFetch } from '../../../kernel/net/guarded-fetch.ts';
import { fetchCompanions } from './fetch-companions.ts';
import type { CaptionsRef, Found } from './found.ts';

let server: Server;
let fetch: GuardedFetch;
const files: Record<string, string | Buffer> = {
  '/fr.srt': '1\n00:00:01,000 --> 00:00:02,000\nBonjour\n',
  '/en.vtt': 'WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n',
  '/list.m3u8': '#EXTM3U\n#EXTINF:5,\none.vtt\n#EXTINF:5,\ntwo.vtt\n#EXT-X-ENDLIST',
  '/one.vtt': 'WEBVTT\n\n00:01.000 --> 00:02.000\nOne\n',
  '/two.vtt': 'WEBVTT\n\n00:06.000 --> 00:07.000\nTwo\n',
  '/huge.vtt': Buffer.alloc(5 * 1024 * 1024, 'x'),
  '/chapters.json': '{"chapters":[{"startTime":0,"title":"One"}]}',
  '/broken.json': '{"chapters":',
};

beforeAll(async () => {
  server = createServer((request, response) => {
    const file = files[request.url ?? ''];
    if (request.url === '/inside') response.writeHead(302, { location: 'http://10.0.0.1/x.vtt' }).end();
    else if (file === undefined) response.writeHead(404).end();
    else response.end(file);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  fetch = createGuardedFetch({ guard: createAddressGuard(['127.0.0.1']), userAgent: 'Tester/1' });
});
afterAll(async () => {
  await fetch.close();
  server.closeAllConnections();
  server.close();
});

const at = (url: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${url}`;
const captions = (url: string, given: Partial<CaptionsRef> = {}): CaptionsRef => ({
  address: url.startsWith('/') ? at(url) : url,
  language: null,
  isHls: false,
  ...given,
});
async function bring(found: Partial<Found>) {
  const missing: unknown[] = [];
  const { signal } = new AbortController();
  const whole = { captions: [], chapters: [], chaptersAddress: null, ...found };
  const companions = await fetchCompanions(fetch, whole, {
    signal,
    onMissing: (error) => missing.push(error),
  });
  return { ...companions, missing };
}

test('captions come as they are, with their name and language; those in pieces as one file', async () => {
  const { captions: kept, missing } = await bring({
    captions: [
      captions('/fr.srt', { language: 'fr' }),
      captions('/en.vtt'),
      captions('/list.m3u8', { language: 'de', isHls: true }),
    ],
  });
  expect(missing).toEqual([]);
  expect(kept.map(({ name, language }) => [name, language])).toEqual([
    ['fr.srt', 'fr'],
    ['en.vtt', null],
    ['captions.vtt', 'de'],
  ]);
  expect(kept[0]?.bytes.toString()).toBe(files['/fr.srt']);
  expect(kept[2]?.bytes.toString()).toMatch(/^WEBVTT\n[\s\S]*One[\s\S]*Two/);
});

test('what cannot be had is left out, told, and keeps nothing else from coming', async () => {
  const { captions: kept, missing } = await bring({
    captions: [
      ...['/gone.vtt', '/huge.vtt', '/inside', 'http://169.254.169.254/x.vtt'].map((url) => captions(url)),
      captions('/fr.srt', { isHls: true }),
      captions('/en.vtt'),
    ],
  });
  expect(kept.map(({ name }) => name)).toEqual(['en.vtt']);
  expect(missing).toHaveLength(5);
});

test('a file of chapters comes before those of the feed, which stay when it is broken', async () => {
  const chapters = [{ startMs: 5, endMs: null, title: 'Of the feed' }];
  const titles = async (chaptersAddress: string | null) =>
    (await bring({ chapters, chaptersAddress })).chapters.map(({ title }) => title);
  expect(await titles(at('/chapters.json'))).toEqual(['One']);
  expect(await titles(at('/broken.json'))).toEqual(['Of the feed']);
  expect(await titles(at('/gone.json'))).toEqual(['Of the feed']);
  expect(await titles('http://10.0.0.1/chapters.json')).toEqual(['Of the feed']);
  expect(await titles(null)).toEqual(['Of the feed']);
});

test('a work that is called off ends at once', async () => {
  const stop = new AbortController();
  stop.abort(new Error('cancelled'));
  const found = { captions: [captions('/en.vtt')], chapters: [], chaptersAddress: null };
  const bringing = fetchCompanions(fetch, found, { signal: stop.signal, onMissing: () => undefined });
  await expect(bringing).rejects.toThrow('cancelled');
});
