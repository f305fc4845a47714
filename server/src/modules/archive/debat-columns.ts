import type { FieldFault } from '../../kernel/http/problem.ts';
import { cleanJson, cleanLine, cleanParagraphs, depthOf } from './clean-text.ts';
import type { DebatStatus } from './debat.ts';
import type { DebatColumns } from './debat-repo.ts';
import type { DebatChange } from './schemas.ts';

const METADATA_MAX_BYTES = 32_768;
const METADATA_MAX_DEPTH = 10;
const FIRST_YEAR = 1800;
const LAST_YEAR = 2200;
// RFC 3339 with the seconds and the zone optional, as datetime-local fields and Python's isoformat() write it.
const INSTANT = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$/i;
const ZONE = /(Z|[+-]\d{2}:?\d{2})$/i;

/** The columns that a body names, cleaned, with a fault for each field that cannot be kept. */
export interface ReadColumns {
  columns: DebatColumns;
  faults: FieldFault[];
}

/** Turns a body that fits its schema into columns; a field that the body does not name is absent. */
export function readColumns(body: DebatChange): ReadColumns {
  const columns: DebatColumns = {};
  const faults: FieldFault[] = [];
  const refuse = (field: string, message: string): void => void faults.push({ field, message });
  readTitle(body, columns, refuse);
  readTexts(body, columns);
  readNames(body, columns);
  readAddresses(body, columns, refuse);
  readTimes(body, columns, refuse);
  readMetadata(body, columns, refuse);
  if (body.type !== undefined) columns.type = body.type;
  if (body.status !== undefined) columns.status = body.status;
  if (body.visibility !== undefined) columns.visibility = body.visibility;
  if (body.duration_minutes !== undefined) columns.duration_minutes = body.duration_minutes;
  if (body.is_live !== undefined) columns.is_live = body.is_live;
  if (body.recording_id !== undefined) columns.recording_id = body.recording_id?.toLowerCase() ?? null;
  return { columns, faults };
}

/** A fault when a débat would end before it begins. */
export function orderFaults(start: Date | null | undefined, end: Date | null | undefined): FieldFault[] {
  if (!start || !end || start.getTime() <= end.getTime()) return [];
  return [{ field: 'end_time', message: 'must not be before start_time' }];
}

type Refuse = (field: string, message: string) => void;

function readTitle(body: DebatChange, columns: DebatColumns, refuse: Refuse): void {
  if (body.title === undefined) return;
  columns.title = cleanLine(body.title);
  if (columns.title === '') refuse('title', 'must not be blank');
}

function readTexts(body: DebatChange, columns: DebatColumns): void {
  if (body.description !== undefined) columns.description = textOrNull(body.description, cleanParagraphs);
  if (body.commission !== undefined) columns.commission = textOrNull(body.commission, cleanLine);
  if (body.salle !== undefined) columns.salle = textOrNull(body.salle, cleanLine);
}

function textOrNull(text: string | null, clean: (text: string) => string): string | null {
  return text === null ? null : clean(text) || null;
}

const NAME_FIELDS = ['speakers', 'ministers', 'tags', 'keywords'] as const;

function readNames(body: DebatChange, columns: DebatColumns): void {
  for (const field of NAME_FIELDS) {
    const names = body[field];
    if (names === undefined) continue;
    const cleaned = names.map(cleanLine).filter((name) => name !== '');
    columns[field] = JSON.stringify([...new Set(cleaned)]);
  }
}

const ADDRESS_FIELDS = ['source_url', 'video_url', 'thumbnail_url'] as const;

function readAddresses(body: DebatChange, columns: DebatColumns, refuse: Refuse): void {
  for (const field of ADDRESS_FIELDS) {
    const address = body[field];
    if (address === undefined) continue;
    columns[field] = textOrNull(address, cleanLine);
    const fault = columns[field] === null ? null : addressFault(columns[field]);
    if (fault) refuse(field, fault);
  }
}

function addressFault(address: string): string | null {
  if (!URL.canParse(address)) return 'must be a whole address, such as https://videos.example.org/1.mp4';
  const url = new URL(address);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must begin with https:// or http://';
  // Readers see this field.
  return url.username === '' && url.password === '' ? null : 'must not carry a name or password';
}

function readTimes(body: DebatChange, columns: DebatColumns, refuse: Refuse): void {
  if (body.date !== undefined) {
    columns.date = body.date;
    if (!isYearKept(Number(body.date.slice(0, 4)))) refuse('date', yearFault);
  }
  for (const field of ['start_time', 'end_time'] as const) {
    const given = body[field];
    if (given === undefined) continue;
    const instant = given === null || given.trim() === '' ? null : parseInstant(given.trim());
    if (instant === 'unreadable') refuse(field, 'must be a time such as 2026-01-02T14:00:00Z');
    else if (instant !== null && !isYearKept(instant.getUTCFullYear())) refuse(field, yearFault);
    else columns[field] = instant;
  }
}

const yearFault = `must lie between ${FIRST_YEAR} and ${LAST_YEAR}`;
const isYearKept = (year: number): boolean => year >= FIRST_YEAR && year <= LAST_YEAR;

function parseInstant(text: string): Date | 'unreadable' {
  if (!INSTANT.test(text)) return 'unreadable';
  const zoned = ZONE.test(text.slice(10)) ? text : `${text}Z`;
  const instant = new Date(zoned.replace(' ', 'T'));
  return Number.isNaN(instant.getTime()) || !isRealDay(text.slice(0, 10)) ? 'unreadable' : instant;
}

/** Date accepts 30 February and moves on to March: such a day was never meant. */
function isRealDay(day: string): boolean {
  const midnight = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
}

function readMetadata(body: DebatChange, columns: DebatColumns, refuse: Refuse): void {
  if (body.metadata === undefined) return;
  if (depthOf(body.metadata, METADATA_MAX_DEPTH + 1) > METADATA_MAX_DEPTH) {
    refuse('metadata', `must not nest deeper than ${METADATA_MAX_DEPTH} levels`);
    return;
  }
  columns.metadata = JSON.stringify(cleanJson(body.metadata));
  if (Buffer.byteLength(columns.metadata) > METADATA_MAX_BYTES) {
    refuse('metadata', `must not exceed ${METADATA_MAX_BYTES} bytes`);
  }
}

/** `extraction` is what the program says while it fetches: nobody sets it by hand, but a client may send it back. */
export function statusFaults(asked: DebatStatus | undefined, current: DebatStatus | null): FieldFault[] {
  if (asked !== 'extraction' || current === 'extraction') return [];
  return [{ field: 'status', message: 'becomes extraction only through POST /api/debats/{id}/extract' }];
}
