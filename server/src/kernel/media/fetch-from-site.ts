import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { MediaContext } from './media-context.ts';
import { ProcessFailed } from './run-process.ts';
import { mediaName, ytdlpArgs, ytdlpEnvironment } from './ytdlp-args.ts';
import { type SiteFacts, type SiteProgress, YtdlpOutput, ytdlpComplaint } from './ytdlp-output.ts';

/** A page whose sound yt-dlp is to fetch. */
export interface SiteFetchRequest {
  ytdlpPath: string;
  address: string;
  /** Of this run alone; removed by the caller. */
  folder: string;
  /** The filtering proxy of this run: yt-dlp has no other way out that we give it. */
  proxyUrl: string;
  maxBytes: number;
  deadlineMs: number;
  signal?: AbortSignal;
  onProgress?: (progress: SiteProgress) => void;
}

/** A file in the folder, and what was said of it. */
export interface SiteFile {
  path: string;
  facts: SiteFacts | null;
}

/** `nothing`: it ended well and brought no file, as for what is live or larger than allowed. */
export type SiteFailure = 'unsupported' | 'nothing' | 'failed' | 'timeout' | 'storage-full' | 'stopped';

/** yt-dlp brought no sound. The message is a sentence without addresses. */
export class SiteFetchFailed extends Error {
  readonly failure: SiteFailure;
  constructor(failure: SiteFailure, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.name = 'SiteFetchFailed';
    this.failure = failure;
  }
}

/** Runs yt-dlp once. Throws SiteFetchFailed or the signal's reason; its whole process group is gone then. */
export async function fetchFromSite(context: MediaContext, request: SiteFetchRequest): Promise<SiteFile> {
  const { ytdlpPath, folder, proxyUrl, deadlineMs, signal, onProgress } = request;
  const output = new YtdlpOutput((progress) => onProgress?.(progress));
  try {
    await context.run({
      command: ytdlpPath,
      args: ytdlpArgs(request),
      cwd: folder,
      environment: ytdlpEnvironment(folder, proxyUrl),
      niceness: context.niceness,
      deadlineMs,
      signal,
      onStdout: (chunk) => output.push(chunk),
    });
  } catch (error) {
    throw asSiteFailure(error);
  }
  const path = await findFile(folder);
  if (path !== null) return { path, facts: output.facts };
  throw new SiteFetchFailed('nothing', 'The page has no finished recording: it is live, or too large');
}

function asSiteFailure(error: unknown): unknown {
  if (!(error instanceof ProcessFailed)) return error;
  const options = { cause: error };
  if (error.failure === 'deadline') {
    return new SiteFetchFailed('timeout', 'yt-dlp took too long over this page', options);
  }
  if (error.failure !== 'exit') {
    return new SiteFetchFailed('stopped', 'yt-dlp was ended from outside or cannot run here', options);
  }
  if (/No space left on device|Disk quota exceeded/.test(error.stderrTail)) {
    return new SiteFetchFailed('storage-full', 'No space is left for the sound of this page', options);
  }
  if (/Unsupported URL|is not a valid URL|No video formats found|no video/i.test(error.stderrTail)) {
    return new SiteFetchFailed('unsupported', 'No sound was found on this page', options);
  }
  const said = ytdlpComplaint(error.stderrTail);
  return new SiteFetchFailed('failed', `yt-dlp could not fetch this page${said && `: ${said}`}`, options);
}

async function findFile(folder: string): Promise<string | null> {
  if (!(await readdir(folder)).includes(mediaName)) return null;
  const path = join(folder, mediaName);
  const found = await stat(path);
  return found.isFile() && found.size > 0 ? path : null;
}
