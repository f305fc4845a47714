import { speaks } from './choose-hls.ts';
import { type DashPlace, dashSegments } from './dash-segments.ts';
import { durationMs } from './dash-time.ts';
import { attributeOf, childOf, childrenOf, readXml, textOf, type XmlElement } from './read-xml.ts';
import { countSegments, longestMs, mostSegments, type SegmentedSound } from './segmented-sound.ts';
import { badPlaylist, liveStream, protectedStream } from './source-fault.ts';
import { webAddress } from './web-address.ts';

/** A DASH list as sound, with the captions that it offers. */
export interface DashSound extends SegmentedSound {
  title: string | null;
  captions: { address: string; language: string | null }[];
}

const mostPeriods = 200;

/** Reads an MPD and chooses its best sound. Throws SourceFault for what is live, protected or hostile. */
export function readDash(text: string, address: string, language: string | null): DashSound {
  const mpd = readXml(text, 'MPD');
  if (mpd === null) throw badPlaylist('it is no MPD');
  if (attributeOf(mpd, 'type') === 'dynamic') throw liveStream();
  const base = inside(mpd, address);
  const periods = childrenOf(mpd, 'Period');
  if (periods.length > mostPeriods) throw badPlaylist(`it has more than ${mostPeriods} parts`);
  const statedMs = durationMs(attributeOf(mpd, 'mediaPresentationDuration'));
  if (statedMs !== null && statedMs > longestMs) throw badPlaylist('it claims to be longer than a week');
  const lengths = periodLengths(periods, statedMs);
  const runs = periods.flatMap((period, index) => {
    const place = choosePlace(period, base, { language, periodMs: lengths[index] ?? null });
    return place === null ? [] : [dashSegments(place)];
  });
  const filled = runs.filter(({ segments }) => segments.length > 0);
  if (filled.length === 0) throw badPlaylist('it names no sound');
  if (countSegments({ runs: filled }) > mostSegments)
    throw badPlaylist(`it has more than ${mostSegments} segments`);
  return {
    via: 'dash',
    runs: filled,
    durationMs: statedMs ?? lengths.reduce<number>((sum, length) => sum + (length ?? 0), 0),
    title: titleOf(mpd),
    captions: periods.length === 1 ? captionsOf(periods, base) : [],
  };
}

/** Of each period: stated, or until the next begins, or until the end. */
function periodLengths(periods: readonly XmlElement[], totalMs: number | null): (number | null)[] {
  let startMs = 0;
  return periods.map((period, index) => {
    startMs = durationMs(attributeOf(period, 'start')) ?? startMs;
    const stated = durationMs(attributeOf(period, 'duration'));
    const nextMs = durationMs(attributeOf(periods[index + 1], 'start')) ?? totalMs;
    const length = stated ?? (nextMs === null ? null : Math.max(0, nextMs - startMs));
    startMs += length ?? 0;
    return length;
  });
}

/** Where references inside an element are relative to: its own BaseURL, if any, in that of its parent. */
function inside(element: XmlElement, parent: string): string {
  const given = childOf(element, 'BaseURL');
  if (given === undefined) return parent;
  const address = webAddress(textOf(given) || '.', parent);
  if (address === null) throw badPlaylist('it points to something that is not on the web');
  return address;
}

interface Wanted {
  language: string | null;
  periodMs: number | null;
}

/** The best representation of the fittest set of sound. */
function choosePlace(period: XmlElement, base: string, { language, periodMs }: Wanted): DashPlace | null {
  const sets = childrenOf(period, 'AdaptationSet');
  const sounds = sets.filter(isSound);
  const fitting = sounds.length > 0 ? sounds : sets.filter(holdsSound);
  const score = (set: XmlElement) =>
    (speaks(attributeOf(set, 'lang') ?? null, language) ? 8 : 0) +
    (hasRole(set, 'main') ? 2 : 0) -
    (hasRole(set, 'description') || hasRole(set, 'commentary') || childOf(set, 'Accessibility') ? 4 : 0);
  const set = fitting.reduce<XmlElement | null>(
    (best, one) => (best === null || score(one) > score(best) ? one : best),
    null,
  );
  if (set === null) return null;
  const chosen = chooseRepresentation(set, sounds.length > 0);
  if (chosen === null) return null;
  if (childOf(set, 'ContentProtection') || childOf(chosen, 'ContentProtection')) throw protectedStream();
  return {
    levels: [period, set, chosen],
    base: inside(chosen, inside(set, inside(period, base))),
    id: attributeOf(chosen, 'id') ?? '',
    bandwidth: bandwidthOf(chosen),
    periodMs,
  };
}

/** Of sound the finest; of films with their sound inside the smallest, whose sound is the same. */
function chooseRepresentation(set: XmlElement, isSoundAlone: boolean): XmlElement | null {
  const all = childrenOf(set, 'Representation').sort((one, other) => bandwidthOf(one) - bandwidthOf(other));
  return (isSoundAlone ? all.at(-1) : all[0]) ?? null;
}

const bandwidthOf = (representation: XmlElement) =>
  Number(attributeOf(representation, 'bandwidth') ?? 0) || 0;

/** What an attribute says of a set, or of what is in it. */
function saidOf(set: XmlElement, name: string): string {
  return attributeOf(set, name) ?? attributeOf(childOf(set, 'Representation'), name) ?? '';
}

function isSound(set: XmlElement): boolean {
  if (saidOf(set, 'contentType') !== '') return saidOf(set, 'contentType') === 'audio';
  return saidOf(set, 'mimeType').startsWith('audio/');
}

/** A film whose sound is in the same file. */
function holdsSound(set: XmlElement): boolean {
  return /(mp4a|ac-3|ec-3|opus|vorbis|flac)/i.test(saidOf(set, 'codecs'));
}

const hasRole = (set: XmlElement, role: string) =>
  childrenOf(set, 'Role').some((one) => attributeOf(one, 'value') === role);

/** Captions that are one plain file. */
function captionsOf(periods: readonly XmlElement[], base: string): DashSound['captions'] {
  return periods.flatMap((period) =>
    childrenOf(period, 'AdaptationSet')
      .filter((set) => saidOf(set, 'mimeType') === 'text/vtt')
      .flatMap((set) => {
        const [representation] = childrenOf(set, 'Representation');
        if (!representation || !childOf(representation, 'BaseURL')) return [];
        const address = inside(representation, inside(set, inside(period, base)));
        return [{ address, language: attributeOf(set, 'lang') ?? null }];
      })
      .slice(0, 10),
  );
}

function titleOf(mpd: XmlElement): string | null {
  const information = childOf(mpd, 'ProgramInformation');
  return (information && textOf(childOf(information, 'Title'))) || null;
}
