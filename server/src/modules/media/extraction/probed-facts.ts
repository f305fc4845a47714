import type { MediaInfo } from '../../../kernel/media/tools.ts';
import type { Recording } from '../recording.ts';
import type { ProbedFacts } from '../recording-repo.ts';

/** What is kept of a probe. */
export function toFacts(info: MediaInfo): ProbedFacts {
  return {
    mimeType: info.mimeType.slice(0, 100),
    container: info.container.slice(0, 50),
    codec: info.codec.slice(0, 50),
    audioStreamIndex: info.audioStreamIndex,
    hasVideo: info.hasVideo,
    durationMs: Math.round(info.durationMs),
    sampleRate: info.sampleRate,
    channels: info.channels,
    bitrateKbps: info.bitrateKbps === null ? null : Math.round(info.bitrateKbps),
  };
}

/** The probe as the encoder wants it, from the row; null when the stage has not been reached. */
export function toMediaInfo(recording: Recording): MediaInfo | null {
  const { mimeType, container, codec, audioStreamIndex, hasVideo, durationMs, sampleRate, channels } =
    recording;
  if (mimeType === null || container === null || codec === null || audioStreamIndex === null) return null;
  if (hasVideo === null || durationMs === null || sampleRate === null || channels === null) return null;
  return {
    mimeType,
    container,
    codec,
    audioStreamIndex,
    hasVideo,
    durationMs,
    sampleRate,
    channels,
    bitrateKbps: recording.bitrateKbps,
    tags: {},
  };
}
