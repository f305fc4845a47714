import type { Language } from './language.ts';

const localeOf: Record<Language, string> = { fr: 'fr-FR', en: 'en-GB' };

/** A plain `YYYY-MM-DD`, which is a day and not an instant: read and written in UTC. */
export function formatDay(day: string, language: Language, style: 'short' | 'long' = 'short'): string {
  const date = new Date(`${day.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return day;
  const options: Intl.DateTimeFormatOptions =
    style === 'long'
      ? { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }
      : { day: 'numeric', month: 'short', year: 'numeric' };
  return new Intl.DateTimeFormat(localeOf[language], { ...options, timeZone: 'UTC' }).format(date);
}

/** An instant in the reader's own time zone. */
export function formatInstant(instant: string, language: Language): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return instant;
  return new Intl.DateTimeFormat(localeOf[language], { dateStyle: 'medium', timeStyle: 'short' }).format(
    date,
  );
}

/** The hour of an instant in the reader's own time zone. */
export function formatHour(instant: string, language: Language): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return instant.slice(0, 5);
  return new Intl.DateTimeFormat(localeOf[language], { timeStyle: 'short' }).format(date);
}

export function formatNumber(value: number, language: Language, digits = 0): string {
  return new Intl.NumberFormat(localeOf[language], { maximumFractionDigits: digits }).format(value);
}

export function formatPercent(percent: number, language: Language): string {
  return new Intl.NumberFormat(localeOf[language], { style: 'percent' }).format(percent / 100);
}

const sizes = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** Bytes in decimal units with three figures at most: `38 Mo`, `1.2 GB`. */
export function formatBytes(sizeBytes: number, language: Language): string {
  const power = Math.min(sizes.length - 1, Math.floor(Math.log10(Math.max(1, sizeBytes)) / 3));
  const value = sizeBytes / 1000 ** power;
  return new Intl.NumberFormat(localeOf[language], {
    style: 'unit',
    unit: sizes[power] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: value < 10 && power > 0 ? 1 : 0,
  }).format(value);
}

/** A stay of time ahead: `dans 40 secondes`, `in 2 minutes`. */
export function formatDelay(seconds: number, language: Language): string {
  const relative = new Intl.RelativeTimeFormat(localeOf[language], { numeric: 'always' });
  if (seconds < 90) return relative.format(Math.max(1, Math.ceil(seconds)), 'second');
  return relative.format(Math.ceil(seconds / 60), 'minute');
}

/** A length in words, rounded to what one would say: `1 h 3 min`, `40 s`. */
export function formatLength(seconds: number, language: Language): string {
  const unit = (value: number, name: 'hour' | 'minute' | 'second') =>
    new Intl.NumberFormat(localeOf[language], { style: 'unit', unit: name, unitDisplay: 'short' }).format(
      value,
    );
  if (seconds < 60) return unit(Math.max(0, Math.round(seconds)), 'second');
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return unit(minutes, 'minute');
  const rest = minutes % 60;
  return [unit(Math.floor(minutes / 60), 'hour'), ...(rest === 0 ? [] : [unit(rest, 'minute')])].join(
    '\u00a0',
  );
}

/** A list of names with the language's own commas and « et ». */
export function formatList(names: string[], language: Language): string {
  return new Intl.ListFormat(localeOf[language], { type: 'conjunction' }).format(names);
}

/** The name of a language in the reader's own: `en` → `anglais`; an unknown tag stays as it is. */
export function formatLanguage(tag: string, language: Language): string {
  try {
    return new Intl.DisplayNames(localeOf[language], { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}
