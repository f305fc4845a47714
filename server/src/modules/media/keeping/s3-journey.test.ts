import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildTestApp, type TestApp } from '../../../../test/harness/app.ts';
import { createSignedIn } from '../../../../test/harness/factories/accounts.ts';
import { createReadyRecording, storedFiles } from '../../../../test/harness/factories/media.ts';
import { freePort, type S3Server, startS3rver } from '../../../../test/harness/s3-server.ts';

let server: S3Server;
let port: number;
let here: TestApp;
let headers: Record<string, string>;
let id: string;

const settings = (redirect: boolean) => ({
  S3_ENDPOINT: server.endpoint,
  S3_BUCKET: server.bucket,
  S3_ACCESS_KEY_ID: server.accessKeyId,
  S3_SECRET_ACCESS_KEY: server.secretAccessKey,
  S3_REDIRECT: String(redirect),
});

beforeAll(async () => {
  port = await freePort();
  server = await startS3rver(port);
  here = await buildTestApp({ env: settings(false) });
  const signedIn = await createSignedIn(here);
  headers = signedIn.session.headers;
  id = await createReadyRecording(here, signedIn.organisation.id, { title: 'Séance à Nîmes' });
});
afterAll(async () => {
  await here.end();
  await server.stop();
});

const get = (path: string, more: Record<string, string> = {}, app = here.app) =>
  app.inject({
    url: path.startsWith('/') ? path : `/api/recordings/${id}/${path}`,
    headers: { ...headers, ...more },
  });

test('what is uploaded is encoded and plays, with ranges and conditions as from a disk', async () => {
  const whole = await get('audio');
  expect(whole.statusCode).toBe(200);
  const bytes = whole.rawPayload;
  expect(bytes.length).toBe(Number(whole.headers['content-length']));
  const part = await get('audio', { range: 'bytes=100-199' });
  expect([part.statusCode, part.headers['content-range']]).toEqual([206, `bytes 100-199/${bytes.length}`]);
  expect(part.rawPayload.equals(bytes.subarray(100, 200))).toBe(true);
  const several = await get('audio', { range: 'bytes=0-1,-2' });
  expect(several.headers['content-type']).toContain('multipart/byteranges');
  const { etag } = whole.headers;
  expect((await get('audio', { 'if-none-match': String(etag) })).statusCode).toBe(304);
  expect((await get('audio', { 'if-match': '"other"' })).statusCode).toBe(412);
  expect((await get('audio', { range: 'bytes=999999999-' })).statusCode).toBe(416);
  for (const path of ['waveform', 'waveform.dat', 'loudness', 'silences', 'spectrum', 'spectrogram.png']) {
    expect((await get(path)).statusCode, path).toBe(200);
  }
  expect((await storedFiles(here)).filter((file) => !file.includes('copies/'))).toEqual([]);
});

test('HLS is cut from both kinds of rendition', async () => {
  const master = await get(`/hls/${id}/master.m3u8`);
  for (const [, address = ''] of master.body.matchAll(/^(\w+\/playlist\.m3u8.*)$/gm)) {
    const list = await get(`/hls/${id}/${address}`);
    const [segment = ''] = list.body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    const quality = address.split('/')[0];
    const sent = await get(`/hls/${id}/${quality}/${segment}`);
    expect(sent.statusCode, segment).toBe(200);
    expect(sent.rawPayload.length).toBe(Number(sent.headers['content-length']));
  }
  expect(master.body.match(/playlist\.m3u8/g)?.length).toBeGreaterThanOrEqual(2);
});

test('with S3_REDIRECT listeners are sent to the bucket, and only when bytes are to come', async () => {
  const other = await buildTestApp({ beside: here, env: settings(true) });
  const played = await get('audio', { range: 'bytes=0-9' }, other.app);
  expect([played.statusCode, played.headers['cache-control']]).toEqual([302, 'no-store']);
  const location = String(played.headers.location);
  expect(location.startsWith(`${server.endpoint}/${server.bucket}/recordings/`)).toBe(true);
  expect(new URL(location).searchParams.get('X-Amz-Expires')).toBe('900');
  const direct = await fetch(location, { headers: { range: 'bytes=0-9' } });
  const proxied = await get('audio', { range: 'bytes=0-9' });
  expect(Buffer.from(await direct.arrayBuffer()).equals(proxied.rawPayload)).toBe(true);
  expect(direct.headers.get('content-type')).toBe('audio/mpeg');
  const saved = String((await get('download', {}, other.app)).headers.location);
  expect(new URL(saved).searchParams.get('response-content-disposition')).toContain('attachment');
  const { etag } = proxied.headers;
  expect((await get('audio', { 'if-none-match': String(etag) }, other.app)).statusCode).toBe(304);
  const master = await get(`/hls/${id}/master.m3u8`, {}, other.app);
  expect(master.statusCode).toBe(200);
  await other.end();
});

test('while the bucket is away replies say so, and are right again when it is back', async () => {
  await server.stop();
  const fresh = await buildTestApp({ beside: here, env: settings(false) });
  const away = await get('audio', {}, fresh.app);
  expect([away.statusCode, away.headers['retry-after']]).toEqual([503, '10']);
  expect((await get(`/hls/${id}/master.m3u8`, {}, fresh.app)).statusCode).toBe(503);
  const health = (await fresh.app.inject('/health')).json();
  expect(health).toMatchObject({ status: 'degraded', checks: { storage: { status: 'unhealthy' } } });
  await fresh.end();
  server = await startS3rver(port);
});
