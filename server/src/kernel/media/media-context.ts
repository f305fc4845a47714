import { ProcessFailed, type ProcessRequest, type ProcessResult, type ProcessRunner } from './run-process.ts';
import { MediaError, type MediaFailure, type MediaInfo, type ToolsInfo } from './tools.ts';

/** What every piece of media work is given. */
export interface MediaContext {
  info: ToolsInfo;
  run: ProcessRunner['run'];
  /** Threads that one ffmpeg may use. */
  threads: number;
  niceness: number;
}

/**
 * Options before every input: no keyboard, no other protocol than local files, and exactly the demuxer that the
 * content called for, so that nothing in the file can make ffmpeg open anything else.
 */
export function inputArgs(path: string, demuxer: string): string[] {
  return ['-protocol_whitelist', 'file', '-format_whitelist', demuxer, '-f', demuxer, '-i', `file:${path}`];
}

/** What begins every ffmpeg run of ours. */
export const quietArgs = ['-nostdin', '-hide_banner', '-nostats', '-v', 'error'] as const;

/**
 * Ends a run with raw samples of the format on its standard output. Without the first option ffmpeg writes every frame
 * by itself: eight times our processor time for the same samples.
 */
export const samplesOut = (format: 's16le' | 'f32le'): string[] => [
  ...['-flush_packets', '0'],
  ...['-f', format, 'pipe:1'],
];

/** Whatever a file says of its length, no run takes longer. */
const longestDeadlineMs = 12 * 3_600_000;

/** Time that may pass before a run over a whole recording counts as hung: half real time, and never little. */
export function workDeadlineMs(source: Pick<MediaInfo, 'durationMs'>, outputs = 1): number {
  return Math.min(longestDeadlineMs, 120_000 + 2 * source.durationMs * outputs);
}

/** Runs ffmpeg or ffprobe; what goes wrong comes out as MediaError. */
export async function runTool(
  context: MediaContext,
  request: ProcessRequest,
  onExit: MediaFailure,
): Promise<ProcessResult> {
  try {
    const result = await context.run({ niceness: context.niceness, ...request });
    // ffmpeg may end with status 0 although it could not write its last bytes.
    if (saysFull.test(result.stderrTail)) throw full();
    return result;
  } catch (error) {
    throw asMediaError(error, onExit);
  }
}

const saysFull = /No space left on device|Disk quota exceeded/;

function full(options?: ErrorOptions): MediaError {
  return new MediaError('storage-full', 'No space is left for the result', options);
}

const sentences: Partial<Record<MediaFailure, string>> = {
  broken: 'The file is damaged and cannot be read',
  'tool-failed': 'The media program failed',
};

function asMediaError(error: unknown, onExit: MediaFailure): unknown {
  if (!(error instanceof ProcessFailed)) return error;
  const options = { cause: error };
  if (saysFull.test(error.stderrTail)) return full(options);
  if (error.failure === 'deadline') return new MediaError('timeout', 'The media work took too long', options);
  if (error.failure === 'exit')
    return new MediaError(onExit, sentences[onExit] ?? 'The media work failed', options);
  return new MediaError(
    'tool-failed',
    'The media program was ended from outside or cannot run here',
    options,
  );
}
