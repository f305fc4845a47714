import type { MarkedChapter } from '../../../kernel/media/marked-chapter.ts';

const longestSeconds = 7 * 24 * 3600;

/** Podcasting 2.0 chapters (`application/json+chapters`); those that say `toc: false` are no chapters of a list. */
export function readPodcastChapters(json: string): MarkedChapter[] {
  let list: unknown;
  try {
    list = field(JSON.parse(json), 'chapters');
  } catch {
    return [];
  }
  if (!Array.isArray(list)) return [];
  return list.flatMap((value): MarkedChapter[] => {
    const [start, end, title] = ['startTime', 'endTime', 'title'].map((name) => field(value, name));
    if (!isSeconds(start) || typeof title !== 'string' || field(value, 'toc') === false) return [];
    const endMs = isSeconds(end) && end > start ? Math.round(end * 1000) : null;
    return [{ startMs: Math.round(start * 1000), endMs, title }];
  });
}

/** Podlove Simple Chapters: `01:02:03.500` or seconds. */
export function readSimpleChapters(chapters: readonly { start: string; title: string }[]): MarkedChapter[] {
  return chapters.flatMap(({ start, title }): MarkedChapter[] => {
    const found = /^(?:(?:(\d{1,4}):)?(\d{1,4}):)?(\d{1,7}(?:\.\d{1,3})?)$/.exec(start.trim());
    if (!found) return [];
    const [hours = 0, minutes = 0, seconds = 0] = found.slice(1).map((part) => Number(part ?? 0));
    const total = hours * 3600 + minutes * 60 + seconds;
    return isSeconds(total) ? [{ startMs: Math.round(total * 1000), endMs: null, title }] : [];
  });
}

const isSeconds = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && value <= longestSeconds;
const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
