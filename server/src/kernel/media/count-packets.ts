import { inputArgs, type MediaContext, quietArgs, runTool, workDeadlineMs } from './media-context.ts';
import { ProgressReader } from './progress.ts';

/** A stream of a local file; `expectedMs` only sets the deadline. */
export interface CountRequest {
  inputPath: string;
  demuxer: string;
  audioStreamIndex: number;
  expectedMs: number;
  signal?: AbortSignal | undefined;
}

/**
 * How long the packets that are really in a file last, in milliseconds, some 30 off: reads all of it and decodes
 * nothing (0.2 s for an hour). What a file states about itself was written before or apart from its packets.
 */
export async function countPackets(context: MediaContext, request: CountRequest): Promise<number> {
  const { inputPath, demuxer, audioStreamIndex, expectedMs, signal } = request;
  const progress = new ProgressReader(expectedMs, () => undefined);
  await runTool(
    context,
    {
      command: context.info.ffmpegPath,
      args: [
        ...quietArgs,
        ...['-progress', 'pipe:1'],
        ...inputArgs(inputPath, demuxer),
        ...['-map', `0:${audioStreamIndex}`, '-c', 'copy', '-f', 'null', '-'],
      ],
      deadlineMs: workDeadlineMs({ durationMs: expectedMs }),
      onStdout: (chunk) => progress.push(chunk),
      signal,
    },
    'broken',
  );
  return progress.positionMs;
}
