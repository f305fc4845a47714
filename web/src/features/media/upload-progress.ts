import type { Upload } from './upload-queue.ts';

/** A forecast of the first moments would jump about. */
const soonestForecastMs = 2000;

/** Bytes a millisecond since sending began; null while it is too early to tell. */
function paceOf({ state, sentBytes, startedBytes, startedAtMs }: Upload, nowMs: number): number | null {
  if (state !== 'sending' || startedAtMs === null) return null;
  const spentMs = nowMs - startedAtMs;
  const bytes = sentBytes - startedBytes;
  return spentMs > soonestForecastMs && bytes > 0 ? bytes / spentMs : null;
}

/** How long a file still takes, in milliseconds; null when that can't be told. */
export function leftMsOf(upload: Upload, nowMs: number): number | null {
  const pace = paceOf(upload, nowMs);
  return pace === null ? null : (upload.sizeBytes - upload.sentBytes) / pace;
}

/** How the whole queue stands. */
export interface QueueProgress {
  sentFiles: number;
  files: number;
  sentBytes: number;
  bytes: number;
  leftMs: number | null;
}

/** What was cancelled or refused counts no more. */
export function progressOf(uploads: readonly Upload[], nowMs: number): QueueProgress {
  const counted = uploads.filter(({ state }) => state !== 'cancelled' && state !== 'failed');
  const sum = (pick: (upload: Upload) => number) =>
    counted.reduce((total, upload) => total + pick(upload), 0);
  const sentBytes = sum((upload) => upload.sentBytes);
  const bytes = sum((upload) => upload.sizeBytes);
  const pace = sum((upload) => paceOf(upload, nowMs) ?? 0);
  return {
    sentFiles: counted.filter(({ state }) => state === 'sent').length,
    files: counted.length,
    sentBytes,
    bytes,
    leftMs: pace > 0 ? (bytes - sentBytes) / pace : null,
  };
}

/** What is under way comes first, then what needs a hand, what waits, and what is over. */
const order: Record<Upload['state'], number> = {
  sending: 0,
  saving: 0,
  lost: 1,
  failed: 1,
  paused: 2,
  waiting: 3,
  sent: 4,
  cancelled: 5,
};

/** The rows that are worth showing of thousands. */
export function shownOf(uploads: readonly Upload[], most: number): readonly Upload[] {
  if (uploads.length <= most) return uploads;
  return uploads.toSorted((one, other) => order[one.state] - order[other.state]).slice(0, most);
}
