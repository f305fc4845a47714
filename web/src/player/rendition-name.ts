import type { Translate } from '../i18n/language.ts';
import type { Rendition } from './track.ts';

/** `MP3 192k`, `FLAC sans perte, −23 LUFS`. */
export function renditionName({ format, quality, normalised }: Rendition, t: Translate): string {
  const name = `${format.toUpperCase()}\u00a0${quality === 'lossless' ? t('player.lossless') : quality}`;
  return normalised === null ? name : `${name}, \u2212${Math.abs(normalised)}\u00a0LUFS`;
}
