import { createServer, type Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sampleStream } from '../server/test/harness/factories/streams.ts';
import { missingParts } from './harness/parts.ts';
import { seededRandom } from './harness/seeded.ts';
import { kill, type Station, startStation, until } from './harness/station.ts';

const ROUNDS = Number(process.env.CRASH_ROUNDS ?? 5);
const PIECES = 40;
const TONE_SECONDS = 4;
/** Half of them at once take so long together that a kill falls between. */
const PIECE_MS = 250;
const AT_ONCE = 4;

interface Recording {
  id: string;
  status: string;
  error: string | null;
  duration_seconds: number | null;
  work: { step: string; done: number | null } | null;
}

let server: Server;
let base: string;
let station: Station;
let asked: string[] = [];
/** What all pieces are together; the tone's last piece is a short one. */
let wholeSeconds: number;

beforeAll(async () => {
  const files = await sampleStream('hls-ts', '/ts', { seconds: TONE_SECONDS });
  const names = Object.keys(files).filter((name) => name.endsWith('.ts'));
  expect(PIECES % names.length).toBe(0);
  wholeSeconds = (PIECES / names.length) * TONE_SECONDS;
  const list = (round: string) =>
    [
      ...['#EXTM3U', '#EXT-X-TARGETDURATION:2'],
      ...Array.from({ length: PIECES }, (_, index) => {
        const isAgain = index > 0 && index % names.length === 0;
        return `${isAgain ? '#EXT-X-DISCONTINUITY\n' : ''}#EXTINF:1,\n/piece/${index}?round=${round}`;
      }),
      '#EXT-X-ENDLIST',
    ].join('\n');
  server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://host.test');
    if (pathname === '/list.m3u8') return void response.end(list(searchParams.get('round') ?? ''));
    if (pathname === '/page')
      return void response.end('<html><script>jwplayer("p").setup({"file":"/endless.mp3"});</script></html>');
    if (pathname === '/endless.mp3') {
      response.writeHead(200, { 'content-type': 'audio/mpeg', 'content-length': 1e9 });
      const drip = setInterval(() => response.write(Buffer.alloc(1000)), 50);
      return void response.on('close', () => clearInterval(drip));
    }
    asked.push(request.url ?? '');
    await delay(PIECE_MS);
    const index = Number(pathname.split('/').at(-1));
    response.end(files[names.toSorted()[index % names.length] ?? '']);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  base = `http://127.0.0.1:${address.port}`;
  station = await startStation({ env: { TRANSCRIPTION_AUTO: 'false' } });
  await station.signIn();
});
afterAll(async () => {
  await station?.clean();
  server?.closeAllConnections();
  server?.close();
});

const bring = async (address: string) => {
  const reply = await station.api('POST', '/api/recordings/import', { url: `${base}${address}` });
  expect(reply.status).toBe(202);
  return ((await reply.json()) as { recording_id: string }).recording_id;
};
const show = (id: string) => station.json<Recording>('GET', `/api/recordings/${id}`);
const killWorker = async () => {
  const [pid] = await station.pids('worker.ts');
  if (pid === undefined) throw new Error('no worker to kill');
  kill(pid);
};

it(`a stream goes on after a kill -9 of the worker, ${ROUNDS} times, and fetches nothing twice but what was under way`, async () => {
  const random = seededRandom();
  for (let round = 0; round < ROUNDS; round++) {
    asked = [];
    const id = await bring(`/list.m3u8?round=${round}`);
    await until(
      () => Promise.resolve(asked.length),
      (count) => count > 1 + random() * (PIECES - AT_ONCE),
      60,
    );
    await killWorker();
    const done = await until(
      () => show(id),
      ({ status }) => status === 'ready' || status === 'error',
      120,
    );
    expect(done).toMatchObject({ status: 'ready', error: null });
    expect(done.duration_seconds).toBeGreaterThan(wholeSeconds - 0.5);
    expect(done.duration_seconds).toBeLessThan(wholeSeconds + 1);
    const twice = asked.length - new Set(asked).size;
    expect(new Set(asked).size).toBe(PIECES);
    expect(twice).toBeLessThanOrEqual(2 * AT_ONCE);
  }
});

const skip = missingParts('ytdlp');
it.skipIf(skip !== null)(
  `no yt-dlp outlives the worker that started it${skip === null ? '' : ` (${skip})`}`,
  async () => {
    const id = await bring('/page');
    await until(
      () => show(id),
      ({ work }) => work?.step === 'site' && (work.done ?? 0) > 0,
      60,
    );
    expect((await station.pids('yt-dlp')).length).toBeGreaterThan(0);
    const before = await station.pids('yt-dlp');
    await killWorker();
    await until(
      async () => (await station.pids('yt-dlp')).filter((pid) => before.includes(pid)),
      (left) => left.length === 0,
      10,
    );
    // The next worker takes it up; a cancel ends that one's, too.
    await until(
      () => station.pids('yt-dlp'),
      (pids) => pids.length > 0,
      60,
    );
    await station.api('POST', `/api/recordings/${id}/cancel`);
    await until(
      () => station.pids('yt-dlp'),
      (pids) => pids.length === 0,
      10,
    );
  },
);
