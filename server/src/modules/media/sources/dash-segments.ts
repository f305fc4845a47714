import { fillTemplate } from './dash-time.ts';
import { attributeOf, childOf, childrenOf, type XmlElement } from './read-xml.ts';
import {
  type ByteStretch,
  longestMs,
  mostSegments,
  type Segment,
  type SegmentRun,
} from './segmented-sound.ts';
import { badPlaylist } from './source-fault.ts';
import { webAddress } from './web-address.ts';

/** A representation with what it inherits from above: nearest first. */
export interface DashPlace {
  /** Period, adaptation set, representation. */
  levels: readonly [XmlElement, XmlElement, XmlElement];
  /** The address that references are relative to. */
  base: string;
  id: string;
  bandwidth: number;
  periodMs: number | null;
}

/** The pieces of one representation: a template, a list, or a file that is one piece. */
export function dashSegments(place: DashPlace): SegmentRun {
  if (place.levels.some((level) => childOf(level, 'SegmentTemplate'))) return fromTemplate(place);
  if (place.levels.some((level) => childOf(level, 'SegmentList'))) return fromList(place);
  // SegmentBase, or nothing: the file is whole, and its index is of no use to who reads all of it.
  return { init: null, segments: [{ address: place.base, stretch: null, key: null }] };
}

/** An attribute of the nearest level that has it (§5.3.9.1: lower levels override). */
function inherited({ levels }: DashPlace, element: string, name: string): string | undefined {
  return levels
    .map((level) => attributeOf(childOf(level, element), name))
    .findLast((value) => value !== undefined);
}

function inheritedChild({ levels }: DashPlace, element: string, name: string): XmlElement | undefined {
  return levels
    .map((level) => childOf(level, element))
    .map((found) => (found === undefined ? undefined : childOf(found, name)))
    .findLast((found) => found !== undefined);
}

function fromTemplate(place: DashPlace): SegmentRun {
  const media = inherited(place, 'SegmentTemplate', 'media');
  if (media === undefined) throw badPlaylist('its template names no file');
  const initialization = inherited(place, 'SegmentTemplate', 'initialization');
  const startNumber = wholeNumber(inherited(place, 'SegmentTemplate', 'startNumber')) ?? 1;
  const timeline = inheritedChild(place, 'SegmentTemplate', 'SegmentTimeline');
  const values = { representation: place.id, bandwidth: place.bandwidth };
  const at = (template: string, more: { number?: number; time?: bigint } = {}): Segment => ({
    address: referred(place, fillTemplate(template, { ...values, ...more })),
    stretch: null,
    key: null,
  });
  const times = timeline === undefined ? null : readTimeline(place, timeline);
  const count = times?.length ?? countByDuration(place);
  return {
    init: initialization === undefined ? null : at(initialization),
    segments: Array.from({ length: count }, (_, index) => {
      const time = times?.[index];
      return at(media, { number: startNumber + index, ...(time === undefined ? {} : { time }) });
    }),
  };
}

function timescaleOf(place: DashPlace, element: string): number {
  const timescale = wholeNumber(inherited(place, element, 'timescale')) ?? 1;
  if (timescale === 0) throw badPlaylist('its clock stands still');
  return timescale;
}

/** Segments of equal length until the period's end. */
function countByDuration(place: DashPlace): number {
  const duration = wholeNumber(inherited(place, 'SegmentTemplate', 'duration'));
  if (duration === null || duration === 0 || place.periodMs === null) {
    throw badPlaylist('it does not say how many segments there are');
  }
  const count = Math.ceil((place.periodMs / 1000 / duration) * timescaleOf(place, 'SegmentTemplate') - 1e-6);
  if (count > mostSegments) throw badPlaylist(`it has more than ${mostSegments} segments`);
  return count;
}

/** `<S t d r>` written out: the start of each segment; `r="-1"` repeats until the next or the period's end. */
function readTimeline(place: DashPlace, timeline: XmlElement): bigint[] {
  const timescale = timescaleOf(place, 'SegmentTemplate');
  const offset = bigNumber(inherited(place, 'SegmentTemplate', 'presentationTimeOffset')) ?? 0n;
  const endMs = place.periodMs ?? longestMs;
  const end = offset + BigInt(Math.ceil((endMs / 1000) * timescale));
  const entries = childrenOf(timeline, 'S');
  const times: bigint[] = [];
  let at = offset;
  for (const [index, entry] of entries.entries()) {
    at = bigNumber(attributeOf(entry, 't')) ?? at;
    const duration = bigNumber(attributeOf(entry, 'd')) ?? 0n;
    if (duration <= 0n) throw badPlaylist('a segment has no length');
    const repeats = attributeOf(entry, 'r') ?? '0';
    const until = bigNumber(attributeOf(entries[index + 1], 't')) ?? end;
    const count = repeats.startsWith('-')
      ? Number((until - at + duration - 1n) / duration)
      : (wholeNumber(repeats) ?? 0) + 1;
    if (times.length + count > mostSegments) throw badPlaylist(`it has more than ${mostSegments} segments`);
    for (let repeat = 0; repeat < count; repeat++) times.push(at + duration * BigInt(repeat));
    at += duration * BigInt(Math.max(0, count));
  }
  return times;
}

function fromList(place: DashPlace): SegmentRun {
  const list = place.levels
    .map((level) => childOf(level, 'SegmentList'))
    .findLast((found) => found !== undefined);
  const urls = list === undefined ? [] : childrenOf(list, 'SegmentURL');
  if (urls.length > mostSegments) throw badPlaylist(`it has more than ${mostSegments} segments`);
  const init = inheritedChild(place, 'SegmentList', 'Initialization');
  return {
    init:
      init === undefined ? null : piece(place, attributeOf(init, 'sourceURL'), attributeOf(init, 'range')),
    segments: urls.map((url) => piece(place, attributeOf(url, 'media'), attributeOf(url, 'mediaRange'))),
  };
}

function piece(place: DashPlace, reference: string | undefined, range: string | undefined): Segment {
  const address = reference === undefined ? place.base : referred(place, reference);
  return { address, stretch: range === undefined ? null : readRange(range), key: null };
}

/** `first-last`, both inclusive, as in HTTP. */
function readRange(range: string): ByteStretch {
  const [start, last] = range.split('-').map(wholeNumber);
  if (start == null || last == null || last < start) throw badPlaylist('a byte range cannot be read');
  return { start, length: last - start + 1 };
}

function referred({ base }: DashPlace, reference: string): string {
  const address = webAddress(reference, base);
  if (address === null) throw badPlaylist('it points to something that is not on the web');
  return address;
}

function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

function bigNumber(text: string | undefined): bigint | null {
  return text !== undefined && /^\d{1,19}$/.test(text) ? BigInt(text) : null;
}
