import { StorageMissingError } from '../../../kernel/storage/errors.ts';
import type { FilePlace } from '../../../kernel/storage/storage.ts';
import { notReady, recordingNotFound, renditionNotFound } from '../errors.ts';
import type { MediaContext } from '../media-context.ts';
import { downloadName } from '../names.ts';
import { isUnfinished } from '../recording.ts';
import {
  type AudioFormat,
  bitrateOf,
  chooseRendition,
  extensionOf,
  ofLoudness,
  readAskedLoudness,
} from '../renditions/rendition.ts';
import { type AudioFile, type AudioSource, findAudio } from './audio-repo.ts';
import type { AudioClient } from './client-hints.ts';
import { chooseQuality, isQualityWord } from './stream-quality.ts';

const RETRY_SECONDS = 5;

/** A whole file of sound, ready for `replyWithFile`; nothing is opened yet. */
export interface AudioFileToSend {
  /** Of the rendition. */
  id: string;
  path: FilePlace;
  sizeBytes: number;
  modifiedAt: Date;
  /** Strong, quotes included, of the content itself. */
  etag: string;
  mimeType: string;
  /** Made of the title, for `Content-Disposition`. */
  filename: string;
  format: AudioFormat;
  quality: string;
  /** LUFS that it was brought to; null when it is as loud as it came. */
  normalised: number | null;
  /** Chosen by what the client said of itself: another client may get another file at the same address. */
  isNegotiated: boolean;
}

/** Which rendition: absent members leave the choice to us. */
export interface AskedAudio {
  format?: string | undefined;
  /** A bit rate, `lossless`, or a word: `high`, `medium`, `low`, `mobile`, `auto`. */
  quality?: string | undefined;
  /** As in an address: `true`, `false`, or LUFS. */
  normalise?: string | undefined;
  /** For `auto`; a client that says nothing gets what is usual. */
  client?: AudioClient | undefined;
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
  const chosen = choose(source, asked);
  if (!chosen) {
    throw renditionNotFound(
      `There is no such rendition; there are: ${namesOf(source.renditions)}. Others are made by POST …/renditions.`,
    );
  }
  context.uses.note(chosen.id);
  return {
    id: chosen.id,
    path: await placeOfStored(context, chosen.fileKey),
    sizeBytes: chosen.sizeBytes,
    modifiedAt: new Date(chosen.completedAtMs),
    etag: etagOf(chosen),
    mimeType: chosen.mimeType,
    filename: downloadName(source.title, extensionOf(chosen.format)),
    format: chosen.format,
    quality: chosen.quality,
    normalised: chosen.normalised,
    isNegotiated: asked.quality?.toLowerCase() === 'auto',
  };
}

function choose(source: AudioSource, asked: AskedAudio): AudioFile | null {
  const { wantedFormat, wantedQuality, renditions } = source;
  const { format, quality, client } = asked;
  const normalise = readAskedLoudness(asked.normalise) ?? null;
  if (quality === undefined || !isQualityWord(quality)) {
    const wish = { format: wantedFormat, quality: wantedQuality };
    return chooseRendition(renditions, { format, quality, normalise }, wish);
  }
  const fitting = ofLoudness(
    renditions.filter((file) => format === undefined || file.format === format),
    normalise,
  );
  // A player that goes on stays on its file, whatever its line has become meanwhile.
  const held = fitting.find((file) => client?.held.includes(etagOf(file)));
  return held ?? chooseQuality(fitting, quality, client?.hints ?? NOTHING_SAID, bitrateOf(wantedQuality));
}

const NOTHING_SAID = {
  saveData: false,
  downlinkMbps: null,
  rttMs: null,
  effectiveType: null,
  isPhone: false,
};

const etagOf = ({ sha256 }: AudioFile): string => `"${sha256.slice(0, 32)}"`;

/** What there is, for a sentence. */
function namesOf(files: readonly AudioFile[]): string {
  return files
    .map(
      ({ format, quality, normalised }) =>
        `${format} ${quality}${normalised === null ? '' : ` at ${normalised} LUFS`}`,
    )
    .join(', ');
}

/** Where a file that a row names is read. A removal may come between the two: hidden or missing, 404. */
export async function placeOfStored({ kernel, log }: MediaContext, key: string): Promise<FilePlace> {
  try {
    return await kernel.storage.place(key);
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
