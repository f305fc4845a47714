import { readFileSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SiteFetchFailed, type SiteFetchRequest } from './fetch-from-site.ts';
import { findYtdlp } from './find-ytdlp.ts';
import { openMediaTools } from './open-media-tools.ts';
import { testFolder } from './sound.test-kit.ts';
import type { MediaTools } from './tools.ts';
import { parseFacts, parseProgress, ytdlpComplaint } from './ytdlp-output.ts';

let root: string;
let tools: MediaTools;
let program: string;
let serial = 0;

beforeAll(async () => {
  root = await testFolder('site-test');
  program = join(root, 'fake-yt-dlp');
  await write('exit 0');
  tools = await openMediaTools(
    {
      ...{ environment: 'development', dataDir: root, ffmpegPath: null, ffmpegThreads: 1 },
      ...{ ffmpegAllowOld: true, ytdlpPath: program },
    },
    { warn: () => undefined },
  );
});
afterAll(() => tools.stop());

/** A program in the place of yt-dlp that does as it is told. */
async function write(script: string): Promise<void> {
  await writeFile(program, `#!/bin/sh\n${script}\n`);
  await chmod(program, 0o755);
}
async function fetchWith(
  script: string,
  given: Partial<SiteFetchRequest> = {},
): Promise<{ folder: string; result: Promise<unknown> }> {
  await write(script);
  const folder = join(root, `run-${serial++}`);
  await mkdir(folder);
  const request = { address: 'https://site.test/page', folder, proxyUrl: 'http://job:secret@127.0.0.1:9' };
  const result = tools.fetchFromSite({ ...request, maxBytes: 1000, deadlineMs: 20_000, ...given });
  result.catch(() => undefined);
  return { folder, result };
}

describe('a run', () => {
  test('brings the file, what is known of it, and the progress', async () => {
    const seen: unknown[] = [];
    const facts = {
      title: 'A page',
      extractor_key: 'Generic',
      chapters: [{ start_time: 0, end_time: 2, title: 'One' }],
    };
    const { folder, result } = await fetchWith(
      `echo 'antenne-found ${JSON.stringify(facts)}'; echo 'antenne-progress 10 NA 1 4'; echo 'noise'; printf sound > media`,
      { onProgress: (progress) => seen.push(progress) },
    );
    expect(await result).toMatchObject({
      path: join(folder, 'media'),
      facts: { title: 'A page', site: 'Generic', chapters: [{ startMs: 0, endMs: 2000, title: 'One' }] },
    });
    expect(seen).toEqual([{ receivedBytes: 10, totalBytes: null, fragment: 1, fragments: 4 }]);
  });

  test('is told everything that keeps it small, in a home of its own, with no secret on its command line', async () => {
    const { folder, result } = await fetchWith('env > seen; echo "$@" >> seen; printf x > media', {
      address: 'https://site.test/--exec',
    });
    await result;
    const seen = await readFile(join(folder, 'seen'), 'utf8');
    const commandLine = seen.trim().split('\n').at(-1) ?? '';
    for (const option of ['--ignore-config', '--no-exec', '--no-cookies', '--no-cache-dir', '--no-playlist'])
      expect(commandLine).toContain(option);
    expect(commandLine).toMatch(/ -- https:\/\/site\.test\/--exec$/);
    expect(commandLine).not.toContain('secret');
    expect(seen).toContain(`HOME=${folder}`);
    expect(seen).toContain('https_proxy=http://job:secret@127.0.0.1:9');
    expect(seen).not.toContain('DATABASE_URL');
  });

  test.each<[string, string, string]>([
    ['a page that it does not know', 'echo "ERROR: Unsupported URL: https://x/" >&2; exit 1', 'unsupported'],
    ['a site that refuses', 'echo "ERROR: [site] 12: Sign in to see https://x/?key=1" >&2; exit 1', 'failed'],
    ['no file', 'exit 0', 'nothing'],
    ['an empty file', ': > media', 'nothing'],
    ['a folder in its place', 'mkdir media', 'nothing'],
    ['a full disk', 'echo "ERROR: unable to write: No space left on device" >&2; exit 1', 'storage-full'],
    ['its death', 'kill -9 $$', 'stopped'],
  ])('that ends with %s is told apart', async (_name, script, failure) => {
    const { result } = await fetchWith(script);
    const error = await result.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SiteFetchFailed);
    expect(error).toMatchObject({ failure });
    expect(String(error)).not.toMatch(/key=1|\/tmp/);
  });

  test('that never ends meets its deadline, with all that it has started', async () => {
    const { folder, result } = await fetchWith(`trap '' TERM; sleep 60 & echo $! > child; wait; sleep 60`, {
      deadlineMs: 300,
    });
    await expect(result).rejects.toMatchObject({ failure: 'timeout' });
    const child = Number(await readFile(join(folder, 'child'), 'utf8'));
    await expect.poll(() => isAlive(child)).toBe(false);
  });

  test('that is called off gives the reason back', async () => {
    const stop = new AbortController();
    const { folder, result } = await fetchWith('printf x > begun; sleep 60', { signal: stop.signal });
    await expect.poll(() => readdir(folder)).toContain('begun');
    stop.abort(new Error('cancelled'));
    await expect(result).rejects.toThrow('cancelled');
  });

  test('that talks without end keeps no memory of it', async () => {
    const { result } = await fetchWith('head -c 12000000 /dev/zero | tr "\\0" "x"; printf x > media');
    expect(await result).toMatchObject({ facts: null });
  });
});

/** What nobody has buried yet is dead all the same. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

test('which yt-dlp: the setting, the path, or none', async () => {
  const onPath = async (name: string) => (name === 'yt-dlp' ? '/usr/bin/yt-dlp' : null);
  expect(await findYtdlp(null, onPath)).toBe('/usr/bin/yt-dlp');
  expect(await findYtdlp('/opt/yt-dlp', onPath)).toBe('/opt/yt-dlp');
  expect(await findYtdlp('yt-dlp-nightly', onPath)).toBeNull();
  expect(await findYtdlp('off', onPath)).toBeNull();
  await write('echo 2026.01.02; exit 0');
  expect(await tools.ytdlpVersion()).toBe('2026.01.02');
});

describe('what it says', () => {
  test.each([
    ['antenne-progress 10 20 NA NA', { receivedBytes: 10, totalBytes: 20, fragment: null, fragments: null }],
    ['antenne-progress NA NA NA NA', null],
    ['antenne-progress -5 x', null],
    ['antenne-progress', null],
  ])('of its progress: %s', (line, progress) => {
    expect(parseProgress(line)).toEqual(progress);
  });

  test('of a page is a stranger’s word', () => {
    const many = Array.from({ length: 5000 }, (_, index) => ({ start_time: index, title: 'x' }));
    const subtitles = {
      fr: [
        { ext: 'json3', url: 'https://x/1' },
        { ext: 'vtt', url: 'https://x/2' },
      ],
      en: 'nothing',
      de: [{ ext: 'vtt' }],
    };
    const facts = parseFacts(JSON.stringify({ title: 12, webpage_url: null, chapters: many, subtitles }));
    expect(facts).toMatchObject({
      title: null,
      pageAddress: null,
      captions: [{ language: 'fr', address: 'https://x/2' }],
    });
    expect(facts?.chapters.length).toBe(2000);
    for (const json of ['', '{', 'null', '[]', '{"chapters":{},"subtitles":[1]}']) {
      expect(parseFacts(json)?.chapters ?? []).toEqual([]);
    }
  });

  test('when it complains names no address and no folder', () => {
    const complaint = ytdlpComplaint(
      'WARNING: x\nERROR: [site] Cannot open /tmp/secret/file of https://x.test/?key=1; please report this issue on https://github.com/',
    );
    expect(complaint).toBe('[site] Cannot open … of …');
  });
});
