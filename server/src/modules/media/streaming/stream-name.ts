import { decodeLoosely } from '../../../kernel/net/percent.ts';
import { type AudioFormat, LOUDNESS_TARGETS, type LoudnessTarget } from '../renditions/rendition.ts';

/** What the last part of `/stream/…` names: a recording, and perhaps one of its renditions. */
export interface StreamName {
  recordingId: string;
  /** As in the rendition's file name; null when the name is the recording's id alone. */
  quality: string | null;
  /** LUFS, likewise. */
  normalised: LoudnessTarget | null;
  format: AudioFormat | null;
}

const FORMATS: Record<string, AudioFormat> = {
  mp3: 'mp3',
  m4a: 'aac',
  aac: 'aac',
  opus: 'opus',
  ogg: 'opus',
  wav: 'wav',
  flac: 'flac',
};
const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const NAME = new RegExp(
  `^(${UUID})(?:-(\\d{2,3}k|lossless)(?:-(16|19|23)lufs)?)?(?:\\.(mp3|m4a|aac|opus|ogg|wav|flac))?$`,
  'i',
);
const EXTENSION = /\.[a-z0-9]{1,8}$/i;

/** Null for a name that no file of ours can have. */
export function parseStreamName(name: string): StreamName | null {
  const match = NAME.exec(name);
  if (!match) return null;
  const [, id = '', quality, lufs, extension] = match;
  return {
    recordingId: id.toLowerCase(),
    quality: quality?.toLowerCase() ?? null,
    normalised: LOUDNESS_TARGETS.find((target) => String(-target) === lufs) ?? null,
    format: FORMATS[extension?.toLowerCase() ?? ''] ?? null,
  };
}

/** The names that a signature may be over: as it was asked for, and without its extension. */
export function signableNames(name: string): string[] {
  const bare = name.replace(EXTENSION, '');
  return bare === name || bare === '' ? [name] : [name, bare];
}

/** True for a name that tries to leave its folder, however often it was percent-encoded. */
export function isTraversal(name: string): boolean {
  let text = name;
  for (let round = 0; round < 4; round++) {
    if (/[/\\\u0000-\u001f\u007f]/.test(text) || /^\.+$/.test(text)) return true;
    const decoded = decodeLoosely(text);
    if (decoded === text) return false;
    text = decoded;
  }
  return true;
}
