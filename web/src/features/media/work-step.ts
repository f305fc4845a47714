import { formatBytes } from '../../i18n/format.ts';
import type { Language, Translate } from '../../i18n/language.ts';
import type { Recording } from './recording.ts';

/** What is being done with a recording, in the reader's words: `Fetching the segments · 12 of 80 segments`. */
export function workText(work: Recording['work'], t: Translate, language: Language): string | null {
  if (work === null) return null;
  const { step, done, total } = work;
  const name = t(`imports.step.${step}`);
  if (done === null) return name;
  if (step === 'segments')
    return total === null ? name : `${name} · ${t('imports.segments', { done, total })}`;
  const received = formatBytes(done, language);
  const far =
    total === null
      ? t('imports.bytesSoFar', { done: received })
      : t('imports.bytes', { done: received, total: formatBytes(total, language) });
  return `${name} · ${far}`;
}
