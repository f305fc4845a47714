import { readFile, rm, writeFile } from 'node:fs/promises';
import { inputArgs, type MediaContext, quietArgs, runTool } from './media-context.ts';
import { MediaError } from './tools.ts';

/** Players show covers small; a large one in front of the sound would be fetched before its first second. */
const longestSide = 500;
const deadlineMs = 20_000;
const frontCover = 3;

/** A picture as ffmpeg takes it in, twice: for containers with a stream for it, and for Ogg's comments. */
export interface CoverInput {
  args: string[];
  remove(): Promise<void>;
}

/** Makes the picture small, beside `besidePath`; null when it cannot be read: the sound is whole without it. */
export async function makeCoverInput(
  context: MediaContext,
  coverPath: string,
  besidePath: string,
  signal: AbortSignal | undefined,
): Promise<CoverInput | null> {
  const picturePath = `${besidePath}.cover.jpg`;
  const textPath = `${besidePath}.cover.txt`;
  const remove = async () => {
    await Promise.all([picturePath, textPath].map((path) => rm(path, { force: true })));
  };
  try {
    await shrink(context, coverPath, picturePath, signal);
    const picture = await readFile(picturePath);
    await writeFile(textPath, `;FFMETADATA1\nMETADATA_BLOCK_PICTURE=${escaped(pictureBlock(picture))}\n`);
    return { args: [...inputArgs(picturePath, 'mjpeg'), ...inputArgs(textPath, 'ffmetadata')], remove };
  } catch (error) {
    await remove();
    if (error instanceof MediaError && error.failure !== 'storage-full') return null;
    throw error;
  }
}

async function shrink(
  context: MediaContext,
  from: string,
  to: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const scale = `scale=w='min(${longestSide},iw)':h='min(${longestSide},ih)':force_original_aspect_ratio=decrease`;
  await runTool(
    context,
    {
      command: context.info.ffmpegPath,
      args: [
        ...[...quietArgs, '-threads', '1', ...inputArgs(from, 'mjpeg')],
        ...['-frames:v', '1', '-vf', `${scale},format=yuvj420p`, '-map_metadata', '-1'],
        ...['-fflags', '+bitexact', '-flags:v', '+bitexact'],
        ...['-c:v', 'mjpeg', '-q:v', '4', '-f', 'mjpeg', '-y', `file:${to}`],
      ],
      deadlineMs,
      signal,
    },
    'broken',
  );
}

/** FLAC's picture block (RFC 9639 §8.8), which Ogg carries as base64; sizes of 0 mean "look into the picture". */
function pictureBlock(jpeg: Buffer): string {
  const mime = Buffer.from('image/jpeg', 'latin1');
  const head = Buffer.alloc(8 + mime.length + 4 + 16 + 4);
  head.writeUInt32BE(frontCover, 0);
  head.writeUInt32BE(mime.length, 4);
  mime.copy(head, 8);
  head.writeUInt32BE(jpeg.length, head.length - 4);
  return Buffer.concat([head, jpeg]).toString('base64');
}

/** As ffmpeg's metadata files want it: base64 holds one of the signs that mean something there. */
const escaped = (text: string): string => text.replace(/=/g, '\\=');
