import { createHash, randomUUID } from 'node:crypto';
import { copyFile, cp, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { MediaTools } from '../../src/kernel/media/tools.ts';

/** Longer sounds are worked on anew each time: tests that look at work under way use those. */
const LARGEST_BYTES = 1_000_000;

/**
 * The real tools, which work on each short sound once for the whole run: the same sound wanted in the same way again,
 * in any test file, is what they made then. Failures are not kept. Hundreds of tests only want a recording that is ready.
 */
export function rememberMedia(tools: MediaTools, folder: string): MediaTools {
  const { version } = tools.info;

  async function once<Result>(
    inputPath: string,
    wish: unknown,
    outputs: readonly string[],
    signal: AbortSignal | undefined,
    work: () => Promise<Result>,
  ): Promise<Result> {
    signal?.throwIfAborted();
    const sound = await shortSound(inputPath);
    if (sound === null) return work();
    const name = createHash('sha256')
      .update(sound)
      .update(JSON.stringify([version, wish]))
      .digest('hex');
    const place = path.join(folder, name);
    const known = await recall(place, outputs);
    if (known) return deserialize(known) as Result;
    const result = await work();
    await keep(place, result, outputs);
    return result;
  }

  return {
    ...tools,
    probe: (file, options) => once(file, 'probe', [], options?.signal, () => tools.probe(file, options)),
    encode: async (request) => {
      const { inputPath, outputs, coverPath, signal, onProgress, ...wish } = request;
      const cover = coverPath === undefined ? null : (await readFile(coverPath)).toString('base64');
      const wanted = outputs.map(({ path: _path, ...output }) => output);
      const paths = outputs.map((output) => output.path);
      const made = await once(inputPath, ['encode', wish, wanted, cover], paths, signal, () =>
        tools.encode(request),
      );
      onProgress?.(1);
      return made.map((file, i) => ({ ...file, path: paths[i] ?? file.path }));
    },
    analyse: async (request) => {
      const { inputPath, source, waveformPath, spectrogramPath, signal } = request;
      const paths = [waveformPath, spectrogramPath];
      const found = await once(inputPath, ['analyse', source], paths, signal, () => tools.analyse(request));
      request.onProgress?.(1);
      return found;
    },
    readLabels: async (request) => {
      const { inputPath, source, coverPath, signal } = request;
      return once(inputPath, ['labels', source], [coverPath], signal, () => tools.readLabels(request));
    },
  };
}

async function shortSound(file: string): Promise<Buffer | null> {
  const { size } = await stat(file);
  return size > LARGEST_BYTES ? null : readFile(file);
}

const fileOf = (place: string, number: number): string => path.join(place, String(number));

/** What the work answered then, with its files laid out again; null when it has not been done. */
async function recall(place: string, outputs: readonly string[]): Promise<Buffer | null> {
  const result = await readFile(path.join(place, 'result')).catch(() => null);
  if (result === null) return null;
  for (const [number, output] of outputs.entries()) {
    // One that was not written then (a cover that there is not) is not written now.
    await copyFile(fileOf(place, number), output).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
  return result;
}

/** Visible when it is whole; whoever is second finds it there. */
async function keep(place: string, result: unknown, outputs: readonly string[]): Promise<void> {
  const draft = `${place}.${randomUUID()}`;
  await mkdir(draft, { recursive: true });
  for (const [number, output] of outputs.entries()) {
    await cp(output, fileOf(draft, number)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
  await writeFile(path.join(draft, 'result'), serialize(result));
  await rename(draft, place).catch(() => rm(draft, { recursive: true, force: true }));
}
