import { StorageMissingError } from '../../kernel/storage/errors.ts';
import { type AudioSource, findAudio } from './audio-repo.ts';
import { notReady, recordingNotFound, renditionNotFound } from './errors.ts';
import type { MediaContext } from './media-context.ts';
import { downloadName } from './names.ts';
import { isUnfinished } from './recording.ts';
import { type AudioFormat, chooseRendition, extensionOf } from './rendition.ts';

const RETRY_SECONDS = 5;

/** A whole file of sound, ready for `replyWithFile`; nothing is opened yet. */
export interface AudioFileToSend {
  /** Of the rendition. */
  id: string;
  path: string;
  sizeBytes: number;
  modifiedAt: Date;
  /** Strong, quotes included, of the content itself. */
  etag: string;
  mimeType: string;
  /** Made of the title, for `Content-Disposition`. */
  filename: string;
  format: AudioFormat;
  quality: string;
}

/** Which rendition: absent members leave the choice to us. */
export interface AskedAudio {
  format?: string | undefined;
  quality?: string | undefined;
}

/** Picks the file to play. Throws `media.recording-not-found`, `media.not-ready` or `media.rendition-not-found`. */
export async function openAudio(
  context: MediaContext,
  organisationId: string,
  recordingId: string,
  asked: AskedAudio,
): Promise<AudioFileToSend> {
  const source = await findAudio(context.kernel.db, organisationId, recordingId);
  if (!source) throw recordingNotFound();
  return pickAudio(context, source, asked);
}

/** The same for a source that has already been read (and whose reader has been checked). */
export async function pickAudio(
  context: MediaContext,
  source: AudioSource,
  asked: AskedAudio,
): Promise<AudioFileToSend> {
  assertReady(source);
  const wish = { format: source.wantedFormat, quality: source.wantedQuality };
  const chosen = chooseRendition(source.renditions, asked, wish);
  if (!chosen) {
    const there = source.renditions.map(({ format, quality }) => `${format} ${quality}`).join(', ');
    throw renditionNotFound(
      `There is no such rendition; there are: ${there}. Others are made by POST …/renditions.`,
    );
  }
  return {
    id: chosen.id,
    path: await pathOfStored(context, chosen.fileKey),
    sizeBytes: chosen.sizeBytes,
    modifiedAt: new Date(chosen.completedAtMs),
    etag: `"${chosen.sha256.slice(0, 32)}"`,
    mimeType: chosen.mimeType,
    filename: downloadName(source.title, extensionOf(chosen.format)),
    format: chosen.format,
    quality: chosen.quality,
  };
}

/** The path of a file that a row names. A removal may come between the two: hidden or missing, 404. */
export async function pathOfStored({ kernel, log }: MediaContext, key: string): Promise<string> {
  try {
    return await kernel.storage.localPath(key);
  } catch (error) {
    if (!(error instanceof StorageMissingError)) throw error;
    log.error({ err: error }, 'a file that a row names is not stored');
    throw renditionNotFound('The file of this sound is not there any more.', { cause: error });
  }
}

/** Nothing of a recording is heard or seen before all of it is there. */
export function assertReady(source: Pick<AudioSource, 'status' | 'progress' | 'errorMessage'>): void {
  if (source.status === 'ready') return;
  const members = { recording_status: source.status, progress: source.progress };
  if (isUnfinished(source.status)) {
    throw notReady(`The sound is being prepared (${source.progress} %); ask again in a few seconds.`, {
      members,
      headers: { 'retry-after': String(RETRY_SECONDS) },
    });
  }
  throw notReady(`There is no sound: ${source.errorMessage ?? 'its preparation failed.'}`, { members });
}
