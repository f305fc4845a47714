import type { Services } from '../app-services.ts';
import { formatClock } from '../i18n/clock-time.ts';
import { t } from '../i18n/language.ts';
import { type Track, trackPath } from './track.ts';

/** The address of a place in sound; the start needs no `t`. */
export function placeAddress(origin: string, track: Pick<Track, 'kind' | 'id'>, seconds: number): string {
  const at = Math.floor(seconds);
  return `${origin}${trackPath(track)}${at > 0 ? `?t=${formatClock(at)}` : ''}`;
}

/** Copies the address of the place a track is at, and says so. */
export async function copyPlace({ player, notices }: Services, track: Track): Promise<void> {
  const seconds = player.startOf(track);
  try {
    await navigator.clipboard.writeText(placeAddress(location.origin, track, seconds));
    notices.say(t('debat.copied', { time: formatClock(seconds) }));
  } catch {
    // Refused, or the page is not served over HTTPS: the browser has no clipboard to give.
    notices.say(t('debat.copyFailed'));
  }
}
