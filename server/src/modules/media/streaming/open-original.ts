import { demuxerOf } from '../../../kernel/media/sniff-container.ts';
import { notReady, recordingNotFound } from '../errors.ts';
import { toMediaInfo } from '../extraction/probed-facts.ts';
import { findAnyRecording } from '../keeping/trash-repo.ts';
import type { MediaContext } from '../media-context.ts';

/** A recording's own file, and which sound in it counts; for tools that read the whole of it, from a path of theirs. */
export interface OriginalSound {
  /** Its key in the storage: a scratch folder brings it. */
  key: string;
  /** ffmpeg's name of what the file really is. */
  demuxer: string;
  audioStreamIndex: number;
  durationMs: number;
}

/**
 * The file as it came. It can be read before the recording plays: as soon as it is stored and probed; and from the trash,
 * so that a transcription under way ends well, and is there when the recording comes back. Throws
 * `media.recording-not-found` or `media.not-ready`.
 */
export async function openOriginal(
  context: MediaContext,
  organisationId: string,
  recordingId: string,
): Promise<OriginalSound> {
  const recording = await findAnyRecording(context.kernel.db.kysely, organisationId, recordingId);
  if (!recording) throw recordingNotFound();
  const source = toMediaInfo(recording);
  if (source === null || recording.originalKey === null) {
    throw notReady('The sound of this recording is not known yet.', {
      members: { recording_status: recording.status },
    });
  }
  return {
    key: recording.originalKey,
    demuxer: demuxerOf(source.container),
    audioStreamIndex: source.audioStreamIndex,
    durationMs: source.durationMs,
  };
}
