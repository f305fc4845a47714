import type { IncomingHttpHeaders } from 'node:http';
import { parseHttpDate } from './http-date.ts';

/** The validators of what would be sent: `etag` as in the header, quotes and any `W/` included. */
export interface Validators {
  etag: string;
  modifiedAt: Date;
}

/** What the conditions of a request say: go on, 304, or 412. */
export type PreconditionAnswer = 'proceed' | 'not-modified' | 'failed';

const entityTag = /^(?:W\/)?"[\x21\x23-\x7e\x80-\uffff]*"/;

/** RFC 9110 §13.2.2, steps 1 to 4, in that order, for something that exists. */
export function checkPreconditions(
  method: string,
  headers: IncomingHttpHeaders,
  is: Validators,
): PreconditionAnswer {
  const safe = method === 'GET' || method === 'HEAD';
  const ifMatch = headers['if-match'];
  const ifNoneMatch = headers['if-none-match'];
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, is.etag, strongMatch)) return 'failed';
  } else if (isModifiedSince(headers['if-unmodified-since'], is.modifiedAt) === true) {
    return 'failed';
  }
  if (ifNoneMatch !== undefined) {
    if (matches(ifNoneMatch, is.etag, weakMatch)) return safe ? 'not-modified' : 'failed';
  } else if (safe && isModifiedSince(headers['if-modified-since'], is.modifiedAt) === false) {
    return 'not-modified';
  }
  return 'proceed';
}

/** RFC 9110 §13.1.5: whether a Range may be honoured. A weak or young validator never allows it. */
export function checkIfRange(header: string | undefined, is: Validators, nowMs: number): boolean {
  if (header === undefined) return true;
  const value = header.trim();
  if (value.includes('"')) return strongMatch(value, is.etag);
  const dateMs = parseHttpDate(value, nowMs);
  // §8.8.2.2: a date is a strong validator only when the thing can't have changed again within that second.
  return dateMs !== null && dateMs === toSecond(is.modifiedAt) && nowMs - is.modifiedAt.getTime() >= 1000;
}

/** §8.8.3.2 */
function strongMatch(a: string, b: string): boolean {
  return a === b && !a.startsWith('W/');
}

/** §8.8.3.2 */
function weakMatch(a: string, b: string): boolean {
  return a.replace(/^W\//, '') === b.replace(/^W\//, '');
}

/** Whether a list of entity tags (or `*`) names ours; a malformed rest of a list names nothing. */
function matches(list: string, etag: string, same: (a: string, b: string) => boolean): boolean {
  if (list.trim() === '*') return true;
  let rest = list;
  for (;;) {
    rest = rest.replace(/^[ \t,]+/, '');
    const tag = entityTag.exec(rest)?.[0];
    if (tag === undefined) return false;
    if (same(tag, etag)) return true;
    rest = rest.slice(tag.length);
  }
}

/** Null when the header is absent or no date, in which case it must be ignored (§13.1.3, §13.1.4). */
function isModifiedSince(header: string | undefined, modifiedAt: Date): boolean | null {
  const dateMs = header === undefined ? null : parseHttpDate(header);
  return dateMs === null ? null : toSecond(modifiedAt) > dateMs;
}

function toSecond(date: Date): number {
  return Math.floor(date.getTime() / 1000) * 1000;
}
