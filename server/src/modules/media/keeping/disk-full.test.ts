import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildTestApp, type TestApp } from '../../../../test/harness/app.ts';
import { createSignedIn } from '../../../../test/harness/factories/accounts.ts';
import { makeForm, runJob, sampleSound } from '../../../../test/harness/factories/media.ts';
import { openSoundHost, type SoundHost } from '../../../../test/harness/factories/sound-host.ts';

/** The reserve, and some megabytes above it. */
const DISK_MB = 524;

const skip = canMount() ? '' : ' [skipped: may not mount here]';

describe.skipIf(skip !== '')(`a disk that is full${skip}`, () => {
  let folder: string;
  let disk: string;
  let here: TestApp;
  let host: SoundHost;
  let organisationId: string;
  let headers: Record<string, string>;
  let wav: Buffer;

  beforeAll(async () => {
    wav = await sampleSound('tone.wav', 1);
    host = await openSoundHost({ '/sound.wav': wav });
    folder = await mkdtemp(path.join(tmpdir(), 'antenne-full-'));
    disk = path.join(folder, 'storage');
    await mkdir(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'tmpfs', disk]);
    here = await buildTestApp({ env: { DATA_DIR: folder } });
    const signedIn = await createSignedIn(here);
    organisationId = signedIn.organisation.id;
    headers = signedIn.session.headers;
  });
  afterAll(async () => {
    await here?.end();
    await host?.close();
    // Lazily: a program that a failed test left behind must not keep the machine's memory.
    execFileSync('umount', ['-l', disk]);
    await rm(folder, { recursive: true, force: true });
  });

  async function fill(): Promise<void> {
    const { bavail, bsize } = await statfs(disk);
    await writeFile(path.join(disk, 'filler'), Buffer.alloc(bavail * bsize - 511 * 1024 * 1024));
  }
  const empty = () => rm(path.join(disk, 'filler'));
  const drafts = () => readdir(path.join(disk, 'tmp'));
  const upload = () => {
    const form = makeForm([{ name: 'file', filename: 'a.wav', value: wav }]);
    const all = { ...headers, ...form.headers };
    return here.app.inject({ method: 'POST', url: '/api/recordings', headers: all, payload: form.payload });
  };
  const show = async (id: string) =>
    (await here.app.inject({ url: `/api/recordings/${id}`, headers })).json();
  const extract = (recordingId: string) =>
    runJob(here, 'media.extract-recording', { organisationId, recordingId });

  test('refuses uploads with a sentence, keeps nothing of them, and health says so', async () => {
    await fill();
    const reply = await upload();
    expect([reply.statusCode, reply.json().type]).toEqual([507, 'urn:antenne:problem:media.storage-full']);
    expect(await drafts()).toEqual([]);
    const health = (await here.app.inject('/health')).json();
    expect(health).toMatchObject({ status: 'degraded', checks: { storage: { status: 'full' } } });
    const storage = (await here.app.inject({ url: '/api/storage', headers })).json();
    expect(storage.free_bytes).toBe(0);
    await empty();
  });

  test('holds work in the queue, however often it is tried, and lets it go on when there is room', async () => {
    const uploaded = (await upload()).json().id;
    const payload = { url: `${host.url}/sound.wav` };
    const imported = (
      await here.app.inject({ method: 'POST', url: '/api/recordings/import', headers, payload })
    ).json().recording_id;
    await fill();
    // More often than a fault would be forgiven.
    for (const id of [...Array<string>(6).fill(uploaded), imported, imported]) {
      await expect(extract(id)).rejects.toThrow('Storage is full');
    }
    for (const id of [uploaded, imported]) {
      expect(await show(id)).toMatchObject({ status: 'queued', error: null });
    }
    expect(await drafts()).toEqual([]);
    await empty();
    for (const id of [uploaded, imported]) {
      await extract(id);
      expect((await show(id)).status).toBe('ready');
    }
  });

  test('holds a rendition that someone asked for, and makes it when there is room', async () => {
    const { id } = (await upload()).json();
    await extract(id);
    const url = `/api/recordings/${id}/renditions`;
    const asked = await here.app.inject({ method: 'POST', url, headers, payload: { format: 'flac' } });
    const renditionId = asked.json().id;
    const make = (isLastAttempt: boolean) =>
      runJob(here, 'media.make-rendition', { organisationId, renditionId }, { isLastAttempt });
    await fill();
    await expect(make(false)).rejects.toThrow('Storage is full');
    await expect(make(true)).rejects.toThrow('Storage is full');
    await empty();
    await make(false);
    const heard = await here.app.inject({ url: `/api/recordings/${id}/audio?format=flac`, headers });
    expect(heard.statusCode).toBe(200);
  });
});

/** Mounting needs root and the capability. */
function canMount(): boolean {
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
