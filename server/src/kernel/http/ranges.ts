/** Bytes `start` to `end`, both included, both within the file. */
export interface ByteRange {
  start: number;
  end: number;
}

/** What a Range header asks of a file: `ignore` means the whole file with 200. */
export type RangeAnswer =
  | { kind: 'ignore' }
  | { kind: 'unsatisfiable' }
  | { kind: 'ranges'; ranges: [ByteRange, ...ByteRange[]] };

/** More specs than this is an attack or a mistake, never a player. */
const mostSpecs = 64;
/** More parts than this after coalescing are answered with the whole file (RFC 9110 §14.2 allows it). */
const mostParts = 16;
/** Parts closer than this cost more in part headers than the bytes between them (RFC 9110 §15.3.7.2). */
const smallestGap = 160;

const ignore: RangeAnswer = { kind: 'ignore' };

/**
 * Reads a Range header (RFC 9110 §14.1.1–§14.2) for a file of `sizeBytes`. Anything malformed or of another
 * unit is ignored; ranges out of reach are dropped; overlapping and near ones are joined, in the order in
 * which they were first asked.
 */
export function parseRange(header: string, sizeBytes: number): RangeAnswer {
  const specs = splitSpecs(header);
  // An empty file has no byte to name: like Go, give the whole of nothing rather than an error.
  if (specs === null || sizeBytes === 0) return ignore;
  const wanted: ByteRange[] = [];
  for (const spec of specs) {
    const range = parseSpec(spec, sizeBytes);
    if (range === 'malformed') return ignore;
    if (range !== 'out-of-reach') wanted.push(range);
  }
  if (wanted.length === 0) return { kind: 'unsatisfiable' };
  const [first, ...rest] = coalesce(wanted);
  if (first === undefined || rest.length + 1 > mostParts) return ignore;
  return { kind: 'ranges', ranges: [first, ...rest] };
}

/** The comma-separated specs of a bytes range, or null when it isn't one. Empty list elements are legal (§5.6.1.2). */
function splitSpecs(header: string): string[] | null {
  const match = /^bytes=(.*)$/i.exec(header);
  if (!match) return null;
  const elements = (match[1] ?? '').split(',', mostSpecs + 1);
  const specs = elements.map((spec) => spec.replace(/^[ \t]+|[ \t]+$/g, '')).filter((spec) => spec !== '');
  return specs.length === 0 || elements.length > mostSpecs ? null : specs;
}

function parseSpec(spec: string, sizeBytes: number): ByteRange | 'malformed' | 'out-of-reach' {
  const match = /^(\d*)-(\d*)$/.exec(spec);
  if (!match) return 'malformed';
  const [, first = '', last = ''] = match;
  if (first === '') {
    if (last === '') return 'malformed';
    const length = Math.min(Number(last), sizeBytes);
    return length === 0 ? 'out-of-reach' : { start: sizeBytes - length, end: sizeBytes - 1 };
  }
  // BigInt because digits past 2^53 would compare wrongly as numbers.
  if (last !== '' && BigInt(last) < BigInt(first)) return 'malformed';
  const start = Number(first);
  if (start >= sizeBytes) return 'out-of-reach';
  return { start, end: last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1) };
}

function coalesce(wanted: ByteRange[]): ByteRange[] {
  const byStart = wanted.map((range, order) => ({ ...range, order })).sort((a, b) => a.start - b.start);
  const joined: typeof byStart = [];
  for (const range of byStart) {
    const last = joined.at(-1);
    if (last === undefined || range.start > last.end + smallestGap) {
      joined.push(range);
      continue;
    }
    last.end = Math.max(last.end, range.end);
    last.order = Math.min(last.order, range.order);
  }
  return joined.sort((a, b) => a.order - b.order).map(({ start, end }) => ({ start, end }));
}

/** The Content-Range of one range, or of a refusal when null (RFC 9110 §14.4). */
export function contentRange(range: ByteRange | null, sizeBytes: number): string {
  return range === null ? `bytes */${sizeBytes}` : `bytes ${range.start}-${range.end}/${sizeBytes}`;
}
