import type { Services } from '../../app-services.ts';
import { formatClock, formatPlace } from '../../i18n/clock-time.ts';
import { currentLanguage, t } from '../../i18n/language.ts';
import { typeset } from '../../i18n/typeset.ts';
import { type Track, trackPath } from '../../player/track.ts';
import type { Segment } from './transcript.ts';

/** A sentence as one would quote it: who said it, in what, when, and the address where it is heard. */
export function quoteOf(segment: Segment, track: Track, origin: string, isFrench: boolean): string {
  const said = isFrench ? `«\u202f${segment.text}\u202f»` : `“${segment.text}”`;
  const from = [segment.speaker, track.title, formatClock(segment.start)].filter((part) => part !== null);
  return `${said}\n${typeset(from.join(', '))}\n${origin}${trackPath(track)}?t=${formatPlace(segment.start)}`;
}

/** Copies a sentence with its address, and says so. */
export async function copySentence({ notices }: Services, segment: Segment, track: Track): Promise<void> {
  try {
    await navigator.clipboard.writeText(quoteOf(segment, track, location.origin, currentLanguage() === 'fr'));
    notices.say(t('transcript.copied', { time: formatClock(segment.start) }));
  } catch {
    // Refused, or the page is not served over HTTPS: the browser has no clipboard to give.
    notices.say(t('debat.copyFailed'));
  }
}
