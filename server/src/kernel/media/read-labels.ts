import { rm, stat } from 'node:fs/promises';
import { askFfprobe, type ProbedStream } from './ffprobe-json.ts';
import { inputArgs, type MediaContext, quietArgs, runTool } from './media-context.ts';
import { tagsOf } from './probe.ts';
import { demuxerOf } from './sniff-container.ts';
import { type LabelsRequest, MediaError, type MediaLabels } from './tools.ts';

/** Pictures of points. SVG, which this ffmpeg may know too, is a program: it may hold scripts and name other files. */
const pictureCodecs = new Set(['mjpeg', 'png', 'webp', 'gif', 'bmp']);
/** What a small file can pretend to hold: 40 million points are 120 MB once unpacked. */
const mostPixels = 40_000_000;
const longestSide = 1000;
const coverDeadlineMs = 20_000;

/** Reads a file's tags and makes its cover art anew, so that nothing of the original picture is passed on. */
export async function readLabels(context: MediaContext, request: LabelsRequest): Promise<MediaLabels> {
  const { inputPath, source, signal } = request;
  const file = await askFfprobe(context, inputPath, demuxerOf(source.container), signal);
  const audio = file.streams.find(({ index }) => index === source.audioStreamIndex);
  const tags = tagsOf({ ...audio?.tags, ...file.format.tags });
  const picture = file.streams.find(isPicture);
  return { tags, hasCover: picture !== undefined && (await makeCover(context, request, picture)) };
}

function isPicture({ codec_name = '', disposition, width = 0, height = 0 }: ProbedStream): boolean {
  if (disposition?.attached_pic !== 1 || !pictureCodecs.has(codec_name)) return false;
  return width > 0 && height > 0 && width * height <= mostPixels;
}

/** False when the picture can't be read: the sound is whole without it. */
async function makeCover(
  context: MediaContext,
  { inputPath, source, coverPath, signal }: LabelsRequest,
  { index }: ProbedStream,
): Promise<boolean> {
  const scale = `scale=w='min(${longestSide},iw)':h='min(${longestSide},ih)':force_original_aspect_ratio=decrease`;
  try {
    await runTool(
      context,
      {
        command: context.info.ffmpegPath,
        args: [
          ...quietArgs,
          ...['-threads', '1', '-max_pixels', String(mostPixels)],
          ...inputArgs(inputPath, demuxerOf(source.container)),
          ...['-map', `0:${index}`, '-frames:v', '1', '-vf', `${scale},format=yuvj420p`],
          ...['-map_metadata', '-1', '-fflags', '+bitexact', '-flags:v', '+bitexact'],
          ...['-c:v', 'mjpeg', '-q:v', '3', '-f', 'mjpeg', '-y', `file:${coverPath}`],
        ],
        deadlineMs: coverDeadlineMs,
        signal,
      },
      'broken',
    );
    return (await stat(coverPath)).size > 0;
  } catch (error) {
    await rm(coverPath, { force: true });
    if (error instanceof MediaError && error.failure !== 'storage-full') return false;
    throw error;
  }
}
