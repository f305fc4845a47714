import { renditionShape } from '../../../kernel/media/encode-args.ts';
import { findAnalysis } from '../analysis/analysis-repo.ts';
import { recordingNotFound } from '../errors.ts';
import type { MediaContext } from '../media-context.ts';
import type { Recording } from '../recording.ts';
import { findRecording } from '../recording-repo.ts';
import { bitrateOf } from '../renditions/rendition.ts';
import type { AudioFile, AudioSource } from './audio-repo.ts';
import { assertReady } from './open-audio.ts';

/** The contract's metadata of a recording (of its original file then) or of one rendition. */
export async function readAudioMetadata(
  { kernel }: MediaContext,
  source: AudioSource,
  rendition: AudioFile | null,
) {
  assertReady(source);
  const { organisationId, id } = source;
  const [recording, analysis] = await Promise.all([
    findRecording(kernel.db.kysely, organisationId, id),
    findAnalysis(kernel.db.kysely, organisationId, id),
  ]);
  if (!recording) throw recordingNotFound();
  const { title, artist, album, date, genre } = analysis?.tags ?? {};
  return {
    ...(rendition === null ? ofOriginal(recording) : ofRendition(recording, rendition)),
    duration_seconds: (recording.durationMs ?? 0) / 1000,
    title: recording.title || (title ?? null),
    artist: artist ?? null,
    album: album ?? null,
    year: yearOf(date),
    genre: genre ?? null,
    artwork_available: analysis?.coverKey != null,
  };
}

function ofOriginal({
  sampleRate,
  channels,
  bitrateKbps,
  codec,
  sizeBytes,
  completedAt,
  updatedAt,
}: Recording) {
  return {
    sample_rate: sampleRate,
    channels,
    bitrate_kbps: bitrateKbps,
    codec,
    file_size: sizeBytes,
    last_modified: (completedAt ?? updatedAt).toISOString(),
  };
}

function ofRendition(recording: Recording, { format, quality, sizeBytes, completedAtMs }: AudioFile) {
  const { sampleRate, channels, durationMs } = recording;
  const source = { sampleRate: sampleRate ?? 0, channels: channels ?? 0 };
  const shape = renditionShape(format, source);
  const seconds = Math.max(0.001, (durationMs ?? 0) / 1000);
  return {
    sample_rate: shape.sampleRate,
    channels: shape.channels,
    bitrate_kbps: bitrateOf(quality) || Math.round((sizeBytes * 8) / 1000 / seconds),
    codec: shape.codec,
    file_size: sizeBytes,
    last_modified: new Date(completedAtMs).toISOString(),
  };
}

/** Dates of tags come as `2024`, `2024-05-01`, or anything at all. */
function yearOf(date: string | undefined): number | null {
  const year = /^\s*(\d{4})(?!\d)/.exec(date ?? '')?.[1];
  return year === undefined ? null : Number(year);
}
