import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { answered, CRASH_ROUNDS, planCrashes } from './harness/crash.ts';
import { sourceOf, uploadResumably } from './harness/resumable.ts';
import { makeTone, serveFolder } from './harness/sound.ts';
import { type Station, startStation, until } from './harness/station.ts';
import { uploadPieces } from './harness/upload.ts';

const ROUNDS = CRASH_ROUNDS;

interface Recording {
  id: string;
  status: string;
  error: string | null;
  sha256: string | null;
  duration_seconds: number | null;
}

let folder: string;
let media: Awaited<ReturnType<typeof serveFolder>>;
let station: Station;
const crashes = planCrashes();

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'antenne-crash-'));
  media = await serveFolder(folder);
  station = await startStation();
});

afterAll(async () => {
  await station?.clean();
  await media?.close();
  await rm(folder, { recursive: true, force: true });
});

const UPLOAD_MS = 2_000;
const PIECES = 20;

/** A file in pieces over two seconds, as a slow line sends it, so that kills fall into it. */
async function* slowly(file: string): AsyncGenerator<Uint8Array> {
  yield* slowPieces(await readFile(file));
}

/** Uploads a file; returns the recording only when the server has acknowledged it. */
async function upload(file: string, title: string): Promise<Recording | null> {
  try {
    const reply = await uploadPieces(station, { title, filename: path.basename(file) }, slowly(file));
    return reply.status === 201 ? (JSON.parse(reply.body) as Recording) : null;
  } catch {
    return null;
  }
}

/** Asks for an extraction; returns the recording only when the server has acknowledged it. */
async function importFrom(url: string): Promise<string | null> {
  try {
    await station.signIn();
    const reply = await station.api('POST', '/api/recordings/import', { url });
    return reply.status === 202 ? ((await reply.json()) as { recording_id: string }).recording_id : null;
  } catch {
    return null;
  }
}

/** Goes on until all of it is there, whatever is killed meanwhile. */
async function uploadInPieces(file: string, title: string): Promise<string> {
  const { size, read } = sourceOf(await readFile(file));
  const slowSource = {
    size,
    read: (start: number, end: number) => Readable.from(slowPieces(read(start, end) as Buffer)),
  };
  const wish = { metadata: { filename: path.basename(file), title }, pieceBytes: Math.ceil(size / 3) };
  return (await uploadResumably(station, slowSource, wish)).recordingId;
}

async function* slowPieces(bytes: Buffer): AsyncGenerator<Buffer> {
  const pieceBytes = Math.ceil(bytes.length / PIECES);
  for (let start = 0; start < bytes.length; start += pieceBytes) {
    await delay(UPLOAD_MS / PIECES);
    yield bytes.subarray(start, start + pieceBytes);
  }
}

const recordingOf = (id: string) => answered(() => station.json<Recording>('GET', `/api/recordings/${id}`));

/** What listeners may get at any moment: a whole ready file, or a plain refusal. */
async function servesNothingUnfinished(id: string): Promise<void> {
  const { status, length, announced } = await answered(async () => {
    const audio = await station.api('GET', `/api/recordings/${id}/audio`);
    const { byteLength } = await audio.arrayBuffer();
    if (audio.status >= 500) throw new Error(`the server is not back: ${audio.status}`);
    return {
      status: audio.status,
      length: byteLength,
      announced: Number(audio.headers.get('content-length')),
    };
  });
  if (status !== 200) {
    expect(status).toBeGreaterThanOrEqual(400);
    return;
  }
  expect(length).toBe(announced);
  expect((await recordingOf(id)).status).toBe('ready');
}

it(`loses nothing acknowledged over ${ROUNDS} kills at random moments`, async () => {
  const acknowledged: { id: string; sha256: string | null }[] = [];
  const inPieces: { id: string; title: string }[] = [];
  let uploads = 0;
  for (let round = 0; round < ROUNDS; round++) {
    // Each file its own length, so that none is taken for a copy of another.
    const file = await makeTone(folder, 40 + round, `round-${round}.mp3`);
    const sha256 = createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
    const work = Promise.all([
      upload(file, `round ${round}`),
      importFrom(`${media.base}/round-${round}.mp3?r=${round}`),
    ]);
    const pieces = uploadInPieces(file, `pieces ${round}`);
    // Waited for once the station is back; its failure is that of the round.
    pieces.catch(() => undefined);
    const { victim } = await crashes.killSomething(station, 5_000);
    const [uploaded, imported] = await work;
    station = await crashes.back(station, victim);
    await answered(() => station.signIn());
    // The one that goes on by itself has to come to its end, each time.
    const id = await pieces;
    inPieces.push({ id, title: `pieces ${round}` });
    acknowledged.push({ id, sha256 });
    if (uploaded) {
      uploads++;
      acknowledged.push({ id: uploaded.id, sha256 });
    }
    if (imported) acknowledged.push({ id: imported, sha256 });
    for (const { id } of acknowledged.slice(-6)) await servesNothingUnfinished(id);
  }
  console.log(
    `killed ${JSON.stringify(crashes.victims)}; of ${ROUNDS} uploads ${uploads}, of ${ROUNDS} in pieces ${inPieces.length} and of ${ROUNDS} extractions ${acknowledged.length - uploads - inPieces.length} acknowledged`,
  );
  expect(acknowledged.length - inPieces.length).toBeGreaterThan(ROUNDS / 4);
  const { recordings } = await station.json<{ recordings: { id: string; title: string }[] }>(
    'GET',
    '/api/recordings?per_page=100',
  );
  const made = recordings.filter(({ title }) => title.startsWith('pieces '));
  expect(made.map(({ id, title }) => ({ id, title })).toReversed()).toEqual(inPieces);
  for (const { id, sha256 } of acknowledged) {
    const recording = await until(
      () => station.json<Recording>('GET', `/api/recordings/${id}`),
      ({ status }) => status === 'ready' || status === 'error',
      300,
    );
    expect(recording).toMatchObject({ id, status: 'ready', error: null });
    expect(recording.sha256).toBe(sha256);
    await servesNothingUnfinished(id);
  }
});
