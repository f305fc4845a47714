import type { AudioFormat } from '../media/public.ts';

/** A format and quality that someone asks for; absent members leave the choice to us. */
export interface AudioWish {
  format?: AudioFormat | undefined;
  quality?: string | undefined;
}

/** True when this is what was asked for. */
export function fitsWish(file: { format: string; quality: string }, wish: AudioWish): boolean {
  const hasFormat = wish.format === undefined || wish.format === file.format;
  return hasFormat && (wish.quality === undefined || wish.quality === file.quality);
}

const NAME_CHARS = 120;

/** What a browser saves a download as, without its extension: `2026-11-21 Questions au gouvernement`. */
export function downloadStem(date: string, title: string): string {
  const plain = title
    .replace(/[/\\:*?"<>|]+/g, '-')
    .replace(/\s+/g, ' ')
    .replace(/^[.\s-]+|[.\s-]+$/g, '');
  // Cut by code points, so that no character is split in two.
  return `${date} ${[...plain].slice(0, NAME_CHARS).join('').trimEnd() || 'débat'}`;
}
