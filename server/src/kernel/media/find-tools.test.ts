import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { PlainError } from '../plain-error.ts';
import { type FindToolsOptions, findTools, makeRunnable } from './find-tools.ts';
import { openMediaTools } from './open-media-tools.ts';
import { createProcessRunner } from './run-process.ts';
import { testFolder } from './sound.test-kit.ts';

const root = await testFolder('find-tools');
let folder: string;
let options: FindToolsOptions;
let turn = 0;

beforeEach(async () => {
  folder = join(root, String(turn++));
  await mkdir(folder);
  const { run } = createProcessRunner({ environment: process.env });
  options = { run, ffmpegPath: null, searchPath: process.env.PATH ?? '', toolsFolder: join(folder, 'tools') };
});

/** A program that answers as an ffmpeg would and counts how often it is asked. */
async function pretend(libavutil: string, encoders = ['libmp3lame', 'aac']): Promise<string> {
  const path = join(folder, 'ffmpeg');
  const lines = encoders.map((name) => ` A..... ${name}  some words`).join('\n');
  await writeFile(
    path,
    `#!/bin/sh
echo asked >> ${folder}/asked
case "$*" in
*-version*) printf 'ffmpeg version N-1-gabc Copyright\\nlibavutil      ${libavutil} / ${libavutil}\\n' ;;
*-encoders*) echo '${lines}' ;;
*) echo ' ... ebur128   A->N  words' ;;
esac
`,
  );
  await chmod(path, 0o755);
  await writeFile(join(folder, 'ffprobe'), '#!/bin/sh\n');
  await chmod(join(folder, 'ffprobe'), 0o755);
  return path;
}

const timesAsked = async () => (await readFile(join(folder, 'asked'), 'utf8')).split('\n').length - 1;

describe('where', () => {
  test('FFMPEG_PATH wins, as a path or as a bare name on PATH, and ffprobe beside it', async () => {
    const ffmpegPath = await pretend('57. 28.100');
    const byPath = await findTools({ ...options, ffmpegPath });
    expect([byPath.ffmpegPath, byPath.ffprobePath]).toEqual([ffmpegPath, join(folder, 'ffprobe')]);
    const byName = await findTools({ ...options, ffmpegPath: 'ffmpeg', searchPath: `/nowhere:${folder}` });
    expect(byName.ffmpegPath).toBe(ffmpegPath);
  });

  test.each(['/no/such/ffmpeg', 'no-such-ffmpeg', '/tmp'])(
    'FFMPEG_PATH=%s is one plain sentence',
    async (ffmpegPath) => {
      await expect(findTools({ ...options, ffmpegPath })).rejects.toBeInstanceOf(PlainError);
    },
  );

  test('a program that is no ffmpeg is one plain sentence', async () => {
    const ffmpegPath = join(folder, 'ffmpeg');
    await writeFile(ffmpegPath, '#!/bin/sh\nexit 1\n');
    await chmod(ffmpegPath, 0o755);
    await expect(findTools({ ...options, ffmpegPath })).rejects.toThrow(
      `${ffmpegPath} does not work as ffmpeg.`,
    );
  });

  test('with nothing on PATH, the programs that npm brought, made runnable', async () => {
    const found = await findTools({ ...options, searchPath: '' });
    expect(found.ffmpegPath).toContain('@ffmpeg-installer');
    expect(found.encoders.has('libmp3lame')).toBe(true);
    expect(execFileSync(found.ffprobePath, ['-version'], { encoding: 'utf8' })).toMatch(/^ffprobe version/);
  });

  const isRoot = process.getuid?.() === 0;
  test.skipIf(!isRoot)(
    `one that belongs to somebody else is copied${isRoot ? '' : ' [skipped: may not give files away]'}`,
    async () => {
      const theirs = join(folder, 'theirs');
      await writeFile(theirs, '#!/bin/sh\necho it runs\n', { mode: 0o644 });
      const mine = join(folder, 'mine');
      await mkdir(mine);
      await chmod(root, 0o755);
      await chmod(folder, 0o755);
      await chmod(mine, 0o777);
      const script = `import { makeRunnable } from ${JSON.stringify(join(import.meta.dirname, 'find-tools.ts'))};
      process.stdout.write(await makeRunnable(${JSON.stringify(theirs)}, ${JSON.stringify(mine)}));`;
      const nobody = { uid: 65_534, gid: 65_534, encoding: 'utf8' as const };
      const copy = execFileSync(process.execPath, ['--input-type=module', '-e', script], nobody);
      expect(copy).toBe(join(mine, 'theirs'));
      expect(execFileSync(copy, { encoding: 'utf8' })).toBe('it runs\n');
      expect((await stat(theirs)).mode & 0o111).toBe(0);
      // Ours to mend: no copy.
      expect(await makeRunnable(theirs, mine)).toBe(theirs);
    },
  );
});

describe('what it can do', () => {
  test.each([
    ['57. 28.100', false],
    ['56. 70.100', false],
    ['56. 51.100', true],
    ['55. 78.100', true],
  ])('libavutil %s: old is %s', async (libavutil, isOld) => {
    const found = await findTools({ ...options, ffmpegPath: await pretend(libavutil) });
    expect(found.isOld).toBe(isOld);
    expect(found.notice).toEqual(isOld ? expect.stringContaining('older than 4.4') : null);
    expect([found.version, [...found.encoders], [...found.filters]]).toEqual([
      'N-1-gabc',
      ['libmp3lame', 'aac'],
      ['ebur128'],
    ]);
  });

  test('a missing encoder is said', async () => {
    const found = await findTools({
      ...options,
      ffmpegPath: await pretend('57. 28.100', ['aac_at', 'xlibmp3lame']),
    });
    expect(found.notice).toContain('cannot write libmp3lame, aac');
  });

  test('a folder that cannot be written is no reason to fail', async () => {
    const ffmpegPath = await pretend('57. 28.100');
    const found = await findTools({ ...options, ffmpegPath, toolsFolder: '/dev/null/tools' });
    expect(found.version).toBe('N-1-gabc');
  });

  test('it is asked once, until it changes; a spoilt memory is no harm', async () => {
    const ffmpegPath = await pretend('57. 28.100');
    await findTools({ ...options, ffmpegPath });
    const once = await timesAsked();
    await findTools({ ...options, ffmpegPath });
    expect(await timesAsked()).toBe(once);
    await writeFile(join(folder, 'tools', 'ffmpeg.json'), '{"identity":');
    await findTools({ ...options, ffmpegPath });
    expect(await timesAsked()).toBe(2 * once);
    await pretend('57. 28.1001');
    await findTools({ ...options, ffmpegPath });
    expect(await timesAsked()).toBe(3 * once);
  });
});

test('an old one is refused in production, and only there, unless allowed', async () => {
  const ffmpegPath = await pretend('56. 24.101');
  const warnings: string[] = [];
  const open = (environment: string, ffmpegAllowOld: boolean) =>
    openMediaTools(
      { environment, dataDir: folder, ffmpegPath, ffmpegThreads: 1, ffmpegAllowOld },
      { warn: (text) => warnings.push(text) },
    );
  const production = await open('production', false);
  await expect(production.probe('/dev/null')).rejects.toMatchObject({
    failure: 'tool-failed',
    message: expect.stringContaining('FFMPEG_ALLOW_OLD'),
  });
  expect(warnings).toHaveLength(1);
  for (const media of [await open('production', true), await open('development', false)]) {
    await expect(media.probe('/dev/null')).rejects.toMatchObject({ failure: 'not-audio' });
  }
});
