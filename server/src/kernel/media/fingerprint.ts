import { inputArgs, type MediaContext, quietArgs, runTool, workDeadlineMs } from './media-context.ts';
import { demuxerOf } from './sniff-container.ts';
import type { FingerprintRequest } from './tools.ts';

/** Milliseconds between two values of Chromaprint: 1,365 samples at 11,025 Hz. */
export const FINGERPRINT_STEP_MS = (1_365 / 11_025) * 1_000;
/** Longer sounds are told apart by their beginning: 9,700 values. */
const LONGEST_SECONDS = 1_200;
const SAMPLE_RATE = 11_025;

/**
 * Chromaprint's values of the first twenty minutes, 32 bits each: they hardly change with format, rate and loudness.
 * Null where this ffmpeg has no Chromaprint.
 */
export async function fingerprint(
  context: MediaContext,
  { inputPath, source, signal }: FingerprintRequest,
): Promise<Int32Array | null> {
  if (!context.info.muxers.has('chromaprint')) return null;
  const { stdout } = await runTool(
    context,
    {
      command: context.info.ffmpegPath,
      args: [
        ...quietArgs,
        ...['-threads', '1', '-t', String(LONGEST_SECONDS)],
        ...inputArgs(inputPath, demuxerOf(source.container)),
        ...['-map', `0:${source.audioStreamIndex}`, '-ac', '1', '-ar', String(SAMPLE_RATE)],
        ...['-f', 'chromaprint', '-fp_format', 'raw', 'pipe:1'],
      ],
      deadlineMs: workDeadlineMs({ durationMs: Math.min(source.durationMs, LONGEST_SECONDS * 1_000) }),
      signal,
    },
    'broken',
  );
  return Int32Array.from({ length: Math.floor(stdout.length / 4) }, (_, i) => stdout.readInt32LE(4 * i));
}
