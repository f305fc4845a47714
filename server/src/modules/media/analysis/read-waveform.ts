import type { FileToSend } from '../../../kernel/http/send-file.ts';
import type { FilePlace } from '../../../kernel/storage/storage.ts';
import { recordingNotFound } from '../errors.ts';
import type { MediaContext } from '../media-context.ts';
import type { AudioSource } from '../streaming/audio-repo.ts';
import { assertReady, placeOfStored } from '../streaming/open-audio.ts';

/** The waveform's file of a ready recording, and what its replies are recognised by. */
export interface WaveformFile {
  path: FilePlace;
  sizeBytes: number;
  modifiedAt: Date;
  /** Of the finest waveform; each resolution has its own tag made from it. */
  sha256: string;
}

/** Where the waveform is; throws `media.not-ready` while it is being made. */
export async function openWaveform(context: MediaContext, source: AudioSource): Promise<WaveformFile> {
  assertReady(source);
  const { waveformKey, waveformSha256, completedAt } = source;
  if (waveformKey === null || waveformSha256 === null || completedAt === null) throw recordingNotFound();
  const path = await placeOfStored(context, waveformKey);
  const stored = await context.kernel.storage.stat(waveformKey);
  return {
    path,
    sizeBytes: stored?.sizeBytes ?? 0,
    modifiedAt: completedAt,
    sha256: waveformSha256,
  };
}

/** The file itself, which readers of audiowaveform's `.dat` understand. */
export function waveformToSend({ path, sizeBytes, modifiedAt, sha256 }: WaveformFile): FileToSend {
  return {
    path,
    sizeBytes,
    modifiedAt,
    etag: `"${sha256.slice(0, 32)}"`,
    mimeType: 'application/octet-stream',
  };
}

/** The contract's waveform at `points` points, fewer when the sound has fewer. */
export async function readWaveform({ kernel }: MediaContext, file: WaveformFile, points: number) {
  const { peaks, rms, sampleRate, durationMs } = await kernel.media.readWaveform(file.path, points);
  return {
    peaks,
    rms,
    sample_rate: sampleRate,
    duration_ms: Math.round(durationMs),
    generated_at: file.modifiedAt.toISOString(),
  };
}
