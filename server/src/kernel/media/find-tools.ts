import { constants } from 'node:fs';
import {
  access,
  chmod,
  copyFile,
  mkdir,
  readFile,
  realpath,
  rename,
  stat,
  writeFile,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, delimiter, dirname, isAbsolute, join } from 'node:path';
import { PlainError } from '../plain-error.ts';
import type { ProcessRunner } from './run-process.ts';
import type { ToolsInfo } from './tools.ts';

/** Where to look for ffmpeg and ffprobe. */
export interface FindToolsOptions {
  run: ProcessRunner['run'];
  /** FFMPEG_PATH: a path or a bare name; null to search. */
  ffmpegPath: string | null;
  /** The value of PATH. */
  searchPath: string;
  /** Ours: copies of programs that can't be run where they are, and what we learnt about programs. */
  toolsFolder: string;
}

const wantedEncoders = ['libmp3lame', 'aac', 'libopus', 'flac', 'pcm_s16le', 'libvorbis'];
const wantedFilters = [
  'aresample',
  'asetpts',
  'ebur128',
  'loudnorm',
  'silencedetect',
  'astats',
  'showspectrumpic',
];
/** What else may be written: Chromaprint's values are a format. */
const wantedMuxers = ['chromaprint'];
/** Without these no rendition can be made. */
const neededEncoders = ['libmp3lame', 'aac'];
/** libavutil of ffmpeg 4.4: the only version number that distributions, static and git builds all tell. */
const oldBelow = [56, 70] as const;

/**
 * FFMPEG_PATH, then PATH, then the programs that npm brought; ffprobe is looked for beside ffmpeg first. Throws
 * PlainError when there is none that works.
 */
export async function findTools(options: FindToolsOptions): Promise<ToolsInfo> {
  const ffmpegPath = await findFfmpeg(options);
  const ffprobePath = await findFfprobe(options, ffmpegPath);
  const learnt = await learn(options, ffmpegPath);
  const missing = neededEncoders.filter((name) => !learnt.encoders.includes(name));
  const isOld = isOlder(learnt.libavutil);
  const notices = [
    ...(isOld
      ? [`ffmpeg ${learnt.version} is older than 4.4: install a current one (apt install ffmpeg)`]
      : []),
    ...(missing.length > 0 ? [`ffmpeg ${learnt.version} cannot write ${missing.join(', ')}`] : []),
  ];
  return {
    ffmpegPath,
    ffprobePath,
    version: learnt.version,
    isOld,
    notice: notices.length > 0 ? `${notices.join('; ')}.` : null,
    encoders: new Set(learnt.encoders),
    filters: new Set(learnt.filters),
    muxers: new Set(learnt.muxers),
  };
}

async function findFfmpeg({ ffmpegPath, searchPath, toolsFolder }: FindToolsOptions): Promise<string> {
  if (ffmpegPath !== null) {
    const found = await firstRunnable(placesOf(ffmpegPath, searchPath));
    if (found === null)
      throw new PlainError(`FFMPEG_PATH names ${ffmpegPath}, which is not a program that can be run.`);
    return found;
  }
  const found =
    (await firstRunnable(placesOf('ffmpeg', searchPath))) ?? (await bundled('ffmpeg', toolsFolder));
  if (found === null)
    throw new PlainError('No ffmpeg was found: install it (apt install ffmpeg) or set FFMPEG_PATH.');
  return found;
}

async function findFfprobe(
  { searchPath, toolsFolder }: FindToolsOptions,
  ffmpegPath: string,
): Promise<string> {
  const beside = join(dirname(ffmpegPath), 'ffprobe');
  const found =
    (await firstRunnable([beside, ...placesOf('ffprobe', searchPath)])) ??
    (await bundled('ffprobe', toolsFolder));
  if (found === null) throw new PlainError(`No ffprobe was found beside ${ffmpegPath} or on PATH.`);
  return found;
}

function placesOf(name: string, searchPath: string): string[] {
  if (isAbsolute(name) || name.includes('/')) return [name];
  return searchPath
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name));
}

async function firstRunnable(paths: string[]): Promise<string | null> {
  for (const path of paths) if (await isRunnable(path)) return path;
  return null;
}

async function isRunnable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** npm may unpack a program without its executable bit, into a folder that isn't ours: then we keep a copy. */
async function bundled(name: 'ffmpeg' | 'ffprobe', toolsFolder: string): Promise<string | null> {
  const path = await locateBundled(name);
  return path === null ? null : makeRunnable(path, toolsFolder);
}

/** The path itself where it may be run or mended, else that of a copy in `toolsFolder`. */
export async function makeRunnable(path: string, toolsFolder: string): Promise<string> {
  if (await isRunnable(path)) return path;
  try {
    await chmod(path, 0o755);
    return path;
  } catch {
    return copyOf(path, toolsFolder);
  }
}

async function locateBundled(name: 'ffmpeg' | 'ffprobe'): Promise<string | null> {
  const require = createRequire(import.meta.url);
  try {
    const manifest = require.resolve(`@${name}-installer/${process.platform}-${process.arch}/package.json`);
    return await realpath(join(dirname(manifest), name));
  } catch {
    return null;
  }
}

async function copyOf(path: string, toolsFolder: string): Promise<string> {
  const copy = join(toolsFolder, basename(path));
  const [theirs, ours] = await Promise.all([stat(path), stat(copy).catch(() => null)]);
  if (ours?.size === theirs.size && (await isRunnable(copy))) return copy;
  await mkdir(toolsFolder, { recursive: true });
  const unfinished = `${copy}.${process.pid}`;
  await copyFile(path, unfinished);
  await chmod(unfinished, 0o755);
  await rename(unfinished, copy);
  return copy;
}

interface Learnt {
  /** Path, size and time of the program that this is about. */
  identity: string;
  version: string;
  libavutil: string;
  encoders: string[];
  filters: string[];
  muxers: string[];
}

/** Asks the program once and remembers the answer until the program changes: three starts cost a quarter second. */
async function learn(options: FindToolsOptions, ffmpegPath: string): Promise<Learnt> {
  const { size, mtimeMs } = await stat(ffmpegPath);
  const identity = `${ffmpegPath}:${size}:${mtimeMs}`;
  const memory = join(options.toolsFolder, 'ffmpeg.json');
  const remembered = await remember(memory);
  if (remembered?.identity === identity) return remembered;
  const learnt = { identity, ...(await ask(options.run, ffmpegPath)) };
  try {
    await mkdir(options.toolsFolder, { recursive: true });
    const unfinished = `${memory}.${process.pid}`;
    await writeFile(unfinished, JSON.stringify(learnt));
    await rename(unfinished, memory);
  } catch {
    // A memory that cannot be kept costs the next start a quarter second, nothing else.
  }
  return learnt;
}

async function remember(path: string): Promise<Learnt | null> {
  try {
    const found: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isLearnt(found) ? found : null;
  } catch {
    return null;
  }
}

function isLearnt(value: unknown): value is Learnt {
  const texts = ['identity', 'version', 'libavutil'];
  if (typeof value !== 'object' || value === null) return false;
  const entries = new Map<string, unknown>(Object.entries(value));
  return (
    texts.every((name) => typeof entries.get(name) === 'string') &&
    ['encoders', 'filters', 'muxers'].every((name) => Array.isArray(entries.get(name)))
  );
}

async function ask(run: ProcessRunner['run'], command: string): Promise<Omit<Learnt, 'identity'>> {
  const output = async (arg: string) => {
    const { stdout } = await run({ command, args: ['-hide_banner', arg], deadlineMs: 20_000 });
    return stdout.toString();
  };
  try {
    const [version, encoders, filters, muxers] = await Promise.all([
      output('-version'),
      output('-encoders'),
      output('-filters'),
      output('-muxers'),
    ]);
    return {
      version: /^ffmpeg version (\S+)/m.exec(version)?.[1] ?? 'unknown',
      libavutil: /^libavutil\s+([\d. ]+?)\s*\//m.exec(version)?.[1]?.replaceAll(' ', '') ?? '0.0',
      encoders: wantedEncoders.filter((name) => lists(encoders, name)),
      filters: wantedFilters.filter((name) => lists(filters, name)),
      muxers: wantedMuxers.filter((name) => lists(muxers, name)),
    };
  } catch (error) {
    throw new PlainError(`${command} does not work as ffmpeg.`, { cause: error });
  }
}

/** ` A..... aac   AAC (Advanced Audio Coding)`: flags, then the name. */
function lists(table: string, name: string): boolean {
  return new RegExp(`^ *\\S+ ${name} `, 'm').test(table);
}

function isOlder(libavutil: string): boolean {
  const [major = 0, minor = 0] = libavutil.split('.').map(Number);
  return major < oldBelow[0] || (major === oldBelow[0] && minor < oldBelow[1]);
}
