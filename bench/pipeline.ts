/**
 * From an upload's last byte to sound that plays, beside one ffmpeg run that makes the same files and measures the same.
 * usage: node bench/pipeline.ts [--minutes=60] [--rounds=3]
 * goal: at most 1.05 of the ffmpeg run's time
 */
import { openAsBlob } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Station, startStation } from '../e2e/harness/station.ts';
import { run } from './api/parts.ts';

const SPEECH = fileURLToPath(new URL('../server/seeds/sound/questions-cantine-et-eau.opus', import.meta.url));
const GOAL = 1.05;
const LOOK_MS = 100;

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '60' }, rounds: { type: 'string', default: '3' } },
});
const folder = await mkdtemp(path.join(tmpdir(), 'antenne-bench-pipeline-'));
const source = path.join(folder, 'source.m4a');
let station: Station | undefined;
try {
  await ffmpeg(
    ...['-stream_loop', '-1', '-i', SPEECH, '-t', String(60 * Number(values.minutes))],
    ...['-ar', '44100', '-ac', '2', '-c:a', 'aac', '-aac_coder', 'fast', '-b:a', '128k', source],
  );
  station = await startStation({ env: { TRANSCRIPTION_ENGINE: 'none', LOG_LEVEL: 'warning' } });
  await station.signIn();
  process.exitCode = (await compare(station)) ? 0 : 1;
} finally {
  await station?.clean();
  await rm(folder, { recursive: true, force: true });
}

async function compare(ours: Station): Promise<boolean> {
  console.log(
    `${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}, ${values.minutes} minutes of speech, stereo AAC`,
  );
  const taken: { bare: number; whole: number }[] = [];
  for (let round = 1; round <= Number(values.rounds); round++) {
    const one = { bare: await timed(bareRun), whole: await pipelineRun(ours) };
    taken.push(one);
    console.log(`round ${round}: one ffmpeg ${seconds(one.bare)}, pipeline ${seconds(one.whole)}`);
  }
  const ratios = taken.map(({ bare, whole }) => whole / bare).sort((a, b) => a - b);
  const ratio = ratios[Math.floor(ratios.length / 2)] ?? 0;
  console.log(`median of the ratios: ${ratio.toFixed(3)} (goal: at most ${GOAL})`);
  return ratio <= GOAL;
}

/** Two renditions, loudness, true peak and silences, in one decode. */
function bareRun(): Promise<void> {
  const split = '[0:a]asplit=3[a][b][c];[c]ebur128=peak=true,silencedetect[measured]';
  return ffmpeg(
    ...['-threads', '2', '-i', source, '-filter_complex', split],
    ...['-map', '[a]', '-c:a', 'libmp3lame', '-b:a', '192k', path.join(folder, 'bare.mp3')],
    ...['-map', '[b]', '-c:a', 'aac', '-aac_coder', 'fast', '-b:a', '128k', '-movflags', '+faststart'],
    ...[path.join(folder, 'bare.m4a'), '-map', '[measured]', '-f', 'null', '-'],
  );
}

/** Milliseconds from the reply to the upload until the recording is ready; it is removed for good afterwards. */
async function pipelineRun(ours: Station): Promise<number> {
  const form = new FormData();
  form.set('file', await openAsBlob(source), 'source.m4a');
  const token = await ours.signIn();
  const headers = { authorization: `Bearer ${token}` };
  const reply = await fetch(`${ours.base}/api/recordings`, { method: 'POST', body: form, headers });
  const { id } = (await reply.json()) as { id: string };
  const startedAt = performance.now();
  for (;;) {
    const { status, error } = await ours.json<{ status: string; error: string | null }>(
      'GET',
      `/api/recordings/${id}`,
    );
    if (status === 'error') throw new Error(`the pipeline failed: ${error}`);
    if (status === 'ready') break;
    await delay(LOOK_MS);
  }
  const tookMs = performance.now() - startedAt;
  await ours.api('DELETE', `/api/recordings/${id}?permanently=true`);
  return tookMs;
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

async function ffmpeg(...args: string[]): Promise<void> {
  await run('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...args]);
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
