import { rm } from 'node:fs/promises';
import { inputArgs, type MediaContext, quietArgs, runTool, workDeadlineMs } from './media-context.ts';
import { sniffContainer } from './sniff-container.ts';
import { MediaError } from './tools.ts';

/** Files to be heard one after another, and the FLAC file that is made of them. */
export interface JoinRequest {
  inputPaths: readonly string[];
  outputPath: string;
  /** Only sets the deadline. */
  expectedMs: number;
  signal?: AbortSignal;
}

/** More breaks than any honest programme has advertisements; each is an open file and a decoder. */
export const mostJoined = 200;

/**
 * Joins sounds whose clocks or codecs differ, as after an advertisement in a stream: decoded, and kept without loss.
 * Throws MediaError or the signal's reason; leaves no output behind then.
 */
export async function joinSounds(context: MediaContext, request: JoinRequest): Promise<void> {
  const { inputPaths, outputPath, expectedMs, signal } = request;
  if (inputPaths.length > mostJoined) {
    throw new MediaError('broken', `This stream has more than ${mostJoined} breaks`);
  }
  const inputs: string[] = [];
  for (const path of inputPaths) inputs.push(...inputArgs(path, (await sniffContainer(path)).demuxer));
  const sounds = inputPaths.map((_path, index) => `[${index}:a:0]`).join('');
  try {
    await runTool(
      context,
      {
        command: context.info.ffmpegPath,
        args: [
          ...quietArgs,
          ...['-threads', '1', '-filter_threads', '1', '-filter_complex_threads', '1'],
          ...inputs,
          ...['-filter_complex', `${sounds}concat=n=${inputPaths.length}:v=0:a=1[out]`, '-map', '[out]'],
          ...['-map_metadata', '-1', '-map_chapters', '-1', '-c:a', 'flac', '-sample_fmt', 's16'],
          ...['-f', 'flac', '-y', `file:${outputPath}`],
        ],
        deadlineMs: workDeadlineMs({ durationMs: expectedMs }),
        signal,
      },
      'broken',
    );
  } catch (error) {
    await rm(outputPath, { force: true });
    throw error;
  }
}
