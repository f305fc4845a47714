import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { JobRun } from '../../../src/kernel/jobs/job.ts';
import type { Visibility } from '../../../src/modules/media/public.ts';
import type { TestApp } from '../app.ts';

const run = promisify(execFile);

/** Sound made by the real encoder: a tone, whose arguments say how it is written. */
const RECIPES = {
  'tone.wav': ['-c:a', 'pcm_s16le'],
  'tone.mp3': ['-c:a', 'libmp3lame', '-b:a', '128k'],
  'tone.m4a': ['-c:a', 'aac', '-b:a', '96k'],
  'tone.ogg': ['-c:a', 'libopus', '-b:a', '48k'],
} as const;
export type SampleName = keyof typeof RECIPES | 'film.mp4' | 'silent-film.mp4';

const made = new Map<string, Promise<Buffer>>();

/** The bytes of a sample of so many seconds; made once per test file. */
export function sampleSound(name: SampleName, seconds = 2): Promise<Buffer> {
  const key = `${name} ${seconds}`;
  const known = made.get(key) ?? makeSample(name, seconds);
  made.set(key, known);
  return known;
}

async function makeSample(name: SampleName, seconds: number): Promise<Buffer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'antenne-sample-'));
  const target = path.join(folder, name);
  const tone = ['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=44100:duration=${seconds}`];
  const picture = ['-f', 'lavfi', '-i', `testsrc=size=64x48:rate=5:duration=${seconds}`];
  const film = ['-c:v', 'mpeg4', '-shortest'];
  const options =
    name === 'film.mp4'
      ? [...picture, ...tone, ...film, '-c:a', 'aac']
      : name === 'silent-film.mp4'
        ? [...picture, ...film]
        : [...tone, ...RECIPES[name]];
  try {
    await run('ffmpeg', ['-nostdin', '-v', 'error', ...options, target]);
    return await readFile(target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** One part of a hand-made form; `filename` makes it a file, and goes out as it is. */
export interface FormPart {
  name: string;
  value: Buffer | string;
  filename?: string;
  type?: string;
}

/** A multipart body for `inject` or a raw socket. */
export function makeForm(parts: readonly FormPart[]): { payload: Buffer; headers: Record<string, string> } {
  const boundary = `antenne-${randomUUID()}`;
  const pieces = parts.flatMap(({ name, value, filename, type }) => {
    const file = filename === undefined ? '' : `; filename="${filename}"`;
    const kind = filename === undefined ? '' : `content-type: ${type ?? 'application/octet-stream'}\r\n`;
    const head = `--${boundary}\r\ncontent-disposition: form-data; name="${name}"${file}\r\n${kind}\r\n`;
    return [Buffer.from(head), Buffer.from(value), Buffer.from('\r\n')];
  });
  return {
    payload: Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]),
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  };
}

/** Runs a job's handler here and now, as a worker would. */
export async function runJob(
  { composition }: Pick<TestApp, 'composition'>,
  name: string,
  payload: unknown,
  given: Partial<JobRun> = {},
): Promise<void> {
  const handler = composition.modules
    .flatMap(({ jobs = [], subscriptions = [] }) => [...jobs, ...subscriptions.map((one) => one.handler)])
    .find(({ job }) => job.name === name);
  if (!handler) throw new Error(`no module does ${name}`);
  const { signal } = new AbortController();
  await handler.run(payload, { jobId: randomUUID(), attempt: 1, isLastAttempt: false, signal, ...given });
}

/** Puts sound through the whole way, upload and extraction, and answers its id. */
export async function createReadyRecording(
  installation: TestApp,
  organisationId: string,
  given: { title?: string; visibility?: Visibility; bytes?: Buffer; filename?: string } = {},
): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'antenne-upload-'));
  try {
    const file = path.join(folder, 'upload');
    await writeFile(file, given.bytes ?? (await sampleSound('tone.wav')));
    const { media } = installation.composition;
    const uploader = { organisationId, personId: null };
    const { title = 'A tone', filename = 'tone.wav', visibility } = given;
    const { id } = await media.uploadFile(uploader, {
      path: file,
      filename,
      title,
      language: 'fr',
    });
    await runJob(installation, 'media.extract-recording', { organisationId, recordingId: id });
    if (visibility) {
      await installation.kernel.db.transaction((tx) =>
        media.setVisibility(tx, organisationId, id, visibility),
      );
    }
    return id;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Every file below the storage, drafts and work folders too: what a failed request must leave unchanged. */
export async function storedFiles({ dataDir }: Pick<TestApp, 'dataDir'>): Promise<string[]> {
  const entries = await readdir(path.join(dataDir, 'storage'), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}
