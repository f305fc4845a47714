import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { environmentWith } from '../config/process-environment.ts';
import { analyse } from './analyse.ts';
import { encode } from './encode.ts';
import { extractSpeech } from './extract-speech.ts';
import { fetchFromSite, SiteFetchFailed } from './fetch-from-site.ts';
import { findTools } from './find-tools.ts';
import { findYtdlp, ytdlpVersion } from './find-ytdlp.ts';
import { fingerprint } from './fingerprint.ts';
import { joinSounds } from './join-sounds.ts';
import type { MediaContext } from './media-context.ts';
import { planSpeechChunks } from './plan-speech-chunks.ts';
import { probe } from './probe.ts';
import { readChapters } from './read-chapters.ts';
import { readLabels } from './read-labels.ts';
import { createProcessRunner } from './run-process.ts';
import { MediaError, type MediaTools, type ToolsInfo } from './tools.ts';
import { readWaveform } from './waveform-file.ts';

/** The settings that media work reads; the program's Config fits. */
export interface MediaToolsOptions {
  environment: string;
  dataDir: string;
  ffmpegPath: string | null;
  ffmpegThreads: number;
  ffmpegAllowOld: boolean;
  /** YTDLP_PATH; absent is the one on PATH. */
  ytdlpPath?: string | null;
}

/** Media work gives way to the processes that answer people. */
const niceness = 10;

/** Finds ffmpeg and gives the tools; tells the operator what is weak about it. Throws PlainError without one. */
export async function openMediaTools(
  options: MediaToolsOptions,
  log: { warn(message: string): void },
  processEnvironment: NodeJS.ProcessEnv = environmentWith({}),
): Promise<MediaTools> {
  const searchPath = processEnvironment.PATH ?? '';
  const runner = createProcessRunner({
    environment: processEnvironment,
    setprivPath: process.platform === 'linux' ? await findProgram(searchPath, 'setpriv') : null,
  });
  const toolsFolder = join(options.dataDir, 'tools');
  const info = await findTools({ run: runner.run, ffmpegPath: options.ffmpegPath, searchPath, toolsFolder });
  if (info.notice !== null) log.warn(info.notice);
  const context: MediaContext = { info, run: runner.run, threads: options.ffmpegThreads, niceness };
  const ytdlpPath = await findYtdlp(options.ytdlpPath ?? null, (name) => findProgram(searchPath, name));
  if (ytdlpPath === null && typeof options.ytdlpPath === 'string' && options.ytdlpPath !== 'off') {
    log.warn(`YTDLP_PATH names ${options.ytdlpPath}, which is not on PATH: pages are read without yt-dlp.`);
  }
  let version: Promise<string | null> | undefined;
  const refusal = refusalOf(info, options);
  /** Refused at the work, not at start: everything else of the program is of use without it. */
  const allowed = (): MediaContext => {
    if (refusal !== null) throw new MediaError('tool-failed', refusal);
    return context;
  };
  return {
    info,
    probe: async (path, given) => probe(allowed(), path, given),
    encode: async (request) => encode(allowed(), request),
    analyse: async (request) => analyse(allowed(), request),
    readLabels: async (request) => readLabels(allowed(), request),
    readChapters: async (request) => readChapters(allowed(), request),
    fingerprint: async (request) => fingerprint(allowed(), request),
    joinSounds: async (request) => joinSounds(allowed(), request),
    ytdlpPath,
    ytdlpVersion: () => {
      version ??= ytdlpPath === null ? Promise.resolve(null) : ytdlpVersion(runner.run, ytdlpPath);
      return version;
    },
    fetchFromSite: async (request) => {
      if (ytdlpPath === null) throw new SiteFetchFailed('unsupported', 'yt-dlp is not installed here');
      return fetchFromSite(context, { ...request, ytdlpPath });
    },
    readWaveform,
    planSpeechChunks: async (request) => planSpeechChunks(allowed(), request),
    extractSpeech: async (request) => extractSpeech(allowed(), request),
    findProgram: (name) => findProgram(searchPath, name),
    runProgram: (request) => runner.run({ niceness, ...request }),
    stop: runner.stop,
  };
}

function refusalOf(
  { isOld, version }: ToolsInfo,
  { environment, ffmpegAllowOld }: MediaToolsOptions,
): string | null {
  if (!isOld || ffmpegAllowOld || environment !== 'production') return null;
  return `ffmpeg ${version} is too old for production: install a current one, or set FFMPEG_ALLOW_OLD=1`;
}

async function findProgram(searchPath: string, name: string): Promise<string | null> {
  for (const folder of searchPath.split(delimiter)) {
    const path = join(folder, name);
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return null;
}
