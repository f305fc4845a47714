import { levelFilters } from './level-filters.ts';
import type { EncodeFormat, EncodeOutput, MediaInfo, MediaTags } from './tools.ts';

interface FormatRules {
  muxer: string;
  mimeType: string;
  codec: (bitrateKbps: number) => string[];
  /** The encoder that this needs; null when every ffmpeg has it. */
  encoder: string;
  /** In ascending order; the first that holds the source's rate is used. Empty: any up to the ceiling. */
  sampleRates: readonly number[];
  bitrates: readonly [number, number];
  /** A picture goes in as a stream. */
  holdsPicture?: true;
  muxerArgs?: string[];
}

const highestRate = 48_000;

/** What each format needs of ffmpeg, and what it can hold. */
export const formatRules: Record<EncodeFormat, FormatRules> = {
  mp3: {
    muxer: 'mp3',
    mimeType: 'audio/mpeg',
    encoder: 'libmp3lame',
    codec: (kbps) => ['-c:a', 'libmp3lame', '-b:a', `${kbps}k`, '-abr', '0'],
    // MPEG-1 rates: the lower ones of MPEG-2 end at 160 kbit/s.
    sampleRates: [32_000, 44_100, 48_000],
    bitrates: [64, 320],
    holdsPicture: true,
    // The Xing header makes seeking and the length exact; ID3v2.3 is what old players read.
    muxerArgs: ['-write_xing', '1', '-id3v2_version', '3'],
  },
  aac: {
    muxer: 'ipod',
    mimeType: 'audio/mp4',
    encoder: 'aac',
    // The default coder takes four times as long for no audible gain at these rates.
    codec: (kbps) => ['-c:a', 'aac', '-aac_coder', 'fast', '-b:a', `${kbps}k`],
    sampleRates: [32_000, 44_100, 48_000],
    bitrates: [32, 320],
    holdsPicture: true,
    muxerArgs: ['-movflags', '+faststart'],
  },
  opus: {
    muxer: 'opus',
    mimeType: 'audio/ogg',
    encoder: 'libopus',
    codec: (kbps) => ['-c:a', 'libopus', '-b:a', `${kbps}k`],
    sampleRates: [48_000],
    bitrates: [8, 320],
  },
  flac: {
    muxer: 'flac',
    mimeType: 'audio/flac',
    encoder: 'flac',
    codec: () => ['-c:a', 'flac', '-sample_fmt', 's16'],
    sampleRates: [],
    bitrates: [0, Number.POSITIVE_INFINITY],
    holdsPicture: true,
  },
  wav: {
    muxer: 'wav',
    mimeType: 'audio/wav',
    encoder: 'pcm_s16le',
    codec: () => ['-c:a', 'pcm_s16le'],
    sampleRates: [],
    bitrates: [0, Number.POSITIVE_INFINITY],
    // Past 4 GB a plain WAV cannot say how long it is.
    muxerArgs: ['-rf64', 'auto'],
  },
};

/** Throws RangeError for an output that no encoder of its format can make. */
export function assertOutput({ format, bitrateKbps, sampleRate }: EncodeOutput): void {
  const [lowest, highest] = formatRules[format].bitrates;
  if (!(bitrateKbps >= lowest && bitrateKbps <= highest)) {
    throw new RangeError(`${format} takes ${lowest} to ${highest} kbit/s, not ${bitrateKbps}`);
  }
  if (sampleRate !== undefined && !(sampleRate >= 8000 && sampleRate <= highestRate)) {
    throw new RangeError(`A sample rate lies between 8000 and ${highestRate} Hz, not ${sampleRate}`);
  }
}

/** What all outputs of a run carry: text, and the inputs that hold the picture for those that can. */
export interface OutputLabels {
  tags: MediaTags;
  /** Numbers of ffmpeg's inputs: the picture itself, and the same as a text for Ogg. */
  cover: { pictureInput: number; textInput: number } | null;
}

/** ffmpeg's options for one output of a run. */
export function outputArgs(
  output: EncodeOutput,
  source: MediaInfo,
  labels: OutputLabels,
  threads: number,
): string[] {
  const rules = formatRules[output.format];
  const channels = output.channels ?? (source.channels === 1 ? 1 : 2);
  const sampleRate = outputRate(output, source);
  // Time is what was decoded: gaps and jumps in the source's time stamps don't reach the output.
  const filters = ['asetpts=N/SR/TB', ...levelFilters(output.level, { channels, sampleRate })];
  return [
    ...['-map', `0:${source.audioStreamIndex}`, ...pictureArgs(output.format, labels), '-sn', '-dn'],
    // Nothing else of the source's tags goes out, nor the encoder's name: the same input gives the same bytes.
    ...['-map_chapters', '-1', '-fflags', '+bitexact', '-flags:a', '+bitexact'],
    ...Object.entries(labels.tags).flatMap(([name, text]) => ['-metadata', `${name}=${text}`]),
    ...['-af', filters.join(',')],
    ...['-ac', String(channels)],
    ...['-ar', String(sampleRate)],
    ...rules.codec(output.bitrateKbps),
    ...['-threads', String(threads)],
    ...(rules.muxerArgs ?? []),
    ...['-f', rules.muxer, '-y', `file:${output.path}`],
  ];
}

/** The picture as a stream of its own, or as a text among Ogg's comments; `-map_metadata` drops all other text. */
function pictureArgs(format: EncodeFormat, { cover }: OutputLabels): string[] {
  if (cover !== null && format === 'opus') return ['-vn', '-map_metadata', `${cover.textInput}`];
  if (cover === null || !formatRules[format].holdsPicture) return ['-vn', '-map_metadata', '-1'];
  return [
    ...['-map', `${cover.pictureInput}:v`, '-map_metadata', '-1', '-c:v', 'copy', '-frames:v', '1'],
    ...['-disposition:v', 'attached_pic', '-metadata:s:v', 'comment=Cover (front)'],
  ];
}

/** What an output is made of unless it is asked for otherwise. */
export function renditionShape(
  format: EncodeFormat,
  source: Pick<MediaInfo, 'sampleRate' | 'channels'>,
): { sampleRate: number; channels: number; codec: string } {
  const { encoder } = formatRules[format];
  return {
    sampleRate: outputRate({ format }, source),
    channels: Math.min(2, source.channels),
    codec: encoder === 'libmp3lame' ? 'mp3' : encoder.replace(/^lib/, ''),
  };
}

function outputRate(
  { format, sampleRate }: Pick<EncodeOutput, 'format' | 'sampleRate'>,
  source: Pick<MediaInfo, 'sampleRate'>,
): number {
  const wanted = Math.min(highestRate, sampleRate ?? source.sampleRate);
  const { sampleRates } = formatRules[format];
  return sampleRates.find((rate) => rate >= wanted) ?? sampleRates.at(-1) ?? wanted;
}
