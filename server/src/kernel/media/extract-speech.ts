import { rm, stat } from 'node:fs/promises';
import { inputArgs, type MediaContext, quietArgs, runTool, workDeadlineMs } from './media-context.ts';
import type { ExtractedSpeech, ExtractSpeechRequest } from './speech.ts';
import { MediaError } from './tools.ts';

/** What engines take. */
const speechRate = 16_000;
const bytesPerMs = (speechRate * 2) / 1000;
/** With `bitexact` ffmpeg writes nothing but the plain head. */
const wavHeadBytes = 44;

/**
 * Writes one chunk as 16 kHz mono WAV, beginning at the very sample that lies `startMs` into the sound. Throws
 * MediaError or the signal's reason; leaves no output behind then.
 */
export async function extractSpeech(
  context: MediaContext,
  request: ExtractSpeechRequest,
): Promise<ExtractedSpeech> {
  const { inputPath, demuxer, outputPath, startMs, endMs } = request;
  try {
    await runTool(
      context,
      {
        command: context.info.ffmpegPath,
        args: [
          ...quietArgs,
          ...['-threads', '1', '-ss', seconds(startMs)],
          ...inputArgs(inputPath, demuxer),
          ...['-map', `0:${request.audioStreamIndex}`, '-vn', '-sn', '-dn', '-t', seconds(endMs - startMs)],
          ...['-map_metadata', '-1', '-map_chapters', '-1', '-fflags', '+bitexact', '-flags:a', '+bitexact'],
          ...['-ac', '1', '-ar', String(speechRate), '-c:a', 'pcm_s16le'],
          ...['-f', 'wav', '-y', `file:${outputPath}`],
        ],
        // The way to the chunk may have to be decoded as well.
        deadlineMs: workDeadlineMs({ durationMs: endMs }),
        signal: request.signal,
      },
      'broken',
    );
    const { size } = await stat(outputPath);
    if (size <= wavHeadBytes) throw new MediaError('broken', 'This part of the recording cannot be decoded');
    return { durationMs: Math.round((size - wavHeadBytes) / bytesPerMs), sizeBytes: size };
  } catch (error) {
    await rm(outputPath, { force: true });
    throw error;
  }
}

const seconds = (ms: number) => (ms / 1000).toFixed(3);
