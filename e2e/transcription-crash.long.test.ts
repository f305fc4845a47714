import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  openSpeechServer,
  type SpeechRequest,
  type SpeechServerKit,
} from '../server/test/speech/openai-server.ts';
import { answered, CRASH_ROUNDS, planCrashes } from './harness/crash.ts';
import { partPath } from './harness/parts.ts';
import { kill, type Station, startStation, until } from './harness/station.ts';

const run = promisify(execFile);
const crashes = planCrashes();

/** Stretches of sound with long silences between: each becomes a chunk, told by its length. */
const CHUNKS = 12;
const FIRST_MS = 1_000;
const STEP_MS = 200;
const GAP_MS = 6_000;
/** What the cutter leaves around speech, on both sides. */
const MARGINS_MS = 600;
/** The engine takes its time, so that kills fall into it. */
const ANSWER_MS = 700;

const EXPECTED = Array.from({ length: CHUNKS }, (_, chunk) => `This is piece ${chunk}.`);
const chunkOf = ({ durationMs }: SpeechRequest) =>
  Math.max(0, Math.min(CHUNKS - 1, Math.round((durationMs - MARGINS_MS - FIRST_MS) / STEP_MS)));

interface Asked {
  /** The transcription, by its initial prompt. */
  name: string;
  chunk: number;
  at: number;
}

interface Transcription {
  id: string;
  status: string;
  error_message: string | null;
  text: string;
  recording_id: string;
  segments: { start: number; end: number; text: string; words: unknown[] | null }[];
  segments_count: number | null;
}

let folder: string;
let sound: Buffer;
let server: SpeechServerKit;
let env: Record<string, string>;
let station: Station;
const asked: Asked[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'antenne-transcription-crash-'));
  sound = await makeSound();
  server = await openSpeechServer({
    answer: (request) => {
      const name = request.fields.prompt?.[0] ?? '';
      asked.push({ name, chunk: chunkOf(request), at: performance.now() });
      return { delayMs: ANSWER_MS };
    },
    said: (request) => [
      { startMs: 300, endMs: request.durationMs - 300, text: EXPECTED[chunkOf(request)] ?? '' },
    ],
  });
  env = {
    TRANSCRIPTION_ENGINE: 'http',
    TRANSCRIPTION_API_URL: server.url,
    TRANSCRIPTION_AUTO: 'false',
  };
  station = await startStation({ env });
});

afterAll(async () => {
  await station?.clean();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

async function makeSound(): Promise<Buffer> {
  const file = path.join(folder, 'pieces.flac');
  const pieces = EXPECTED.flatMap((_, chunk) => [
    `sine=frequency=440:sample_rate=16000:duration=${(FIRST_MS + chunk * STEP_MS) / 1000}`,
    `anullsrc=channel_layout=mono:sample_rate=16000:duration=${GAP_MS / 1000}`,
  ]);
  const labels = pieces.map((_, i) => `[p${i}]`);
  const graph = `${pieces.map((piece, i) => `${piece}${labels[i]}`).join(';')};${labels.join('')}concat=n=${pieces.length}:v=0:a=1`;
  await run(partPath('ffmpeg'), ['-nostdin', '-v', 'error', '-filter_complex', graph, '-c:a', 'flac', file]);
  return readFile(file);
}

/** Asks for the transcription of a file; answers its id only when the server has acknowledged it. */
async function request(name: string): Promise<string | null> {
  const form = new FormData();
  form.set('language', 'en');
  form.set('initial_prompt', name);
  form.set('file', new Blob([new Uint8Array(sound)]), `${name}.flac`);
  try {
    const token = await station.signIn();
    const headers = { authorization: `Bearer ${token}` };
    const reply = await fetch(`${station.base}/api/transcriptions`, { method: 'POST', body: form, headers });
    return reply.status === 201 ? ((await reply.json()) as Transcription).id : null;
  } catch {
    return null;
  }
}

const read = (id: string) => answered(() => station.json<Transcription>('GET', `/api/transcriptions/${id}`));

/** What was saved once stays as it is, and more comes behind it. */
async function losesNothing(id: string, seen: Map<string, string[]>): Promise<void> {
  const before = seen.get(id) ?? [];
  const texts = (await read(id)).segments.map(({ text }) => text);
  expect(texts.slice(0, before.length)).toEqual(before);
  expect(texts).toEqual(EXPECTED.slice(0, texts.length));
  seen.set(id, texts);
}

it(`loses no finished step of a transcription over ${CRASH_ROUNDS} kills at random moments`, async () => {
  const acknowledged = new Map<string, string>();
  const seen = new Map<string, string[]>();
  for (let round = 0; round < CRASH_ROUNDS; round++) {
    const name = `round-${round}`;
    const asking = request(name);
    const { victim } = await crashes.killSomething(station, 5_000);
    const id = await asking;
    station = await crashes.back(station, victim, env);
    await answered(() => station.signIn());
    if (id) acknowledged.set(id, name);
    for (const each of [...acknowledged.keys()].slice(-4)) await losesNothing(each, seen);
  }
  expect(acknowledged.size).toBeGreaterThan(CRASH_ROUNDS / 4);
  for (const id of acknowledged.keys()) {
    const ended = await until(
      () => station.json<Transcription>('GET', `/api/transcriptions/${id}`),
      ({ status }) => status === 'done' || status === 'error',
      300,
    );
    expect(ended).toMatchObject({ status: 'done', error_message: null, segments_count: CHUNKS });
    expect(ended.segments.map(({ text }) => text)).toEqual(EXPECTED);
    await losesNothing(id, seen);
    const transcript = await station.json<{ version: number; segments: { text: string }[] }>(
      'GET',
      `/api/recordings/${ended.recording_id}/transcript`,
    );
    expect(transcript.version).toBe(1);
    expect(transcript.segments.map(({ text }) => text)).toEqual(EXPECTED);
  }
  report([...acknowledged.values()]);
});

/** Chunks are done in order: whoever asks for a later one has saved those before, and must not ask for them again. */
function report(names: readonly string[]): void {
  let repeated = 0;
  for (const name of names) {
    const order = asked.filter((one) => one.name === name).map(({ chunk }) => chunk);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(new Set(order).size).toBe(CHUNKS);
    repeated += order.length - CHUNKS;
  }
  console.log(
    `killed ${JSON.stringify(crashes.victims)}; ${names.length} transcriptions of ${CHUNKS} chunks done, ` +
      `${repeated} chunks asked for again`,
  );
}

it('goes on within 30 s of its worker’s death, however often it dies', async () => {
  const name = 'taken-up';
  const id = await until(
    () => request(name),
    (made) => made !== null,
  );
  const requests = () => asked.filter((one) => one.name === name);
  const gaps: number[] = [];
  for (let kills = 0; kills < 4; kills++) {
    const count = requests().length;
    await until(
      async () => requests().length,
      (length) => length > count,
    );
    const killedAt = performance.now();
    for (const pid of await station.pids('worker.ts')) kill(pid);
    const next = await until(
      async () => requests().find(({ at }) => at > killedAt + ANSWER_MS),
      (one) => one !== undefined,
    );
    gaps.push(Math.round((next?.at ?? Number.POSITIVE_INFINITY) - killedAt));
  }
  console.log(`taken up after ${gaps.join(', ')} ms`);
  expect(Math.max(...gaps)).toBeLessThan(30_000);
  await until(
    () => station.json<Transcription>('GET', `/api/transcriptions/${id}`),
    ({ status }) => status === 'done',
    120,
  );
  report([name]);
});
