import { parseChapters } from './ffprobe-chapters.ts';
import type { MarkedChapter } from './marked-chapter.ts';
import { inputArgs, type MediaContext, runTool } from './media-context.ts';
import { demuxerOf } from './sniff-container.ts';
import { type ChaptersRequest, MediaError } from './tools.ts';

const deadlineMs = 30_000;
const longestAnswerBytes = 2 * 1024 * 1024;

/** The chapters that a file holds (ID3 CHAP, MP4, Matroska, Ogg); those of a damaged table are none. */
export async function readChapters(
  context: MediaContext,
  { inputPath, source, signal }: ChaptersRequest,
): Promise<MarkedChapter[]> {
  const args = ['-hide_banner', '-v', 'error', '-show_chapters', '-of', 'json'];
  try {
    const { stdout } = await runTool(
      context,
      {
        command: context.info.ffprobePath,
        args: [...args, ...inputArgs(inputPath, demuxerOf(source.container))],
        deadlineMs,
        maxOutputBytes: longestAnswerBytes,
        signal,
      },
      'broken',
    );
    return parseChapters(stdout.toString(), source.durationMs);
  } catch (error) {
    if (error instanceof MediaError && error.failure !== 'storage-full') return [];
    throw error;
  }
}
