import type { MarkedChapter } from './marked-chapter.ts';

/** Reads `ffprobe -show_chapters -of json`: in order, inside the sound, with a title each. */
export function parseChapters(json: string, durationMs: number): MarkedChapter[] {
  const list = chaptersOf(json);
  return list
    .flatMap((value): MarkedChapter[] => {
      const [startMs, endMs] = [msOf(field(value, 'start_time')), msOf(field(value, 'end_time'))];
      const title = field(field(value, 'tags'), 'title');
      if (startMs === null || startMs >= durationMs || typeof title !== 'string') return [];
      return [
        { startMs, endMs: endMs !== null && endMs > startMs ? Math.min(endMs, durationMs) : null, title },
      ];
    })
    .sort((one, other) => one.startMs - other.startMs);
}

function chaptersOf(json: string): unknown[] {
  try {
    const list = field(JSON.parse(json), 'chapters');
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}

/** `"12.500000"` */
function msOf(value: unknown): number | null {
  const seconds = typeof value === 'string' ? Number(value) : Number.NaN;
  return seconds >= 0 && Number.isFinite(seconds) ? Math.round(seconds * 1000) : null;
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
