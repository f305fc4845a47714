import { attributeOf, childOf, childrenOf, readXml, textOf, type XmlElement } from './read-xml.ts';
import { SourceFault } from './source-fault.ts';
import { webAddress } from './web-address.ts';

/** An item of a feed that has sound. Addresses are whole. */
export interface FeedItem {
  /** What the feed calls it for ever; its enclosure's address where it says nothing. */
  guid: string;
  title: string | null;
  /** Milliseconds since 1970; null when it is not dated. */
  publishedMs: number | null;
  enclosure: string;
  language: string | null;
  transcripts: FeedTranscript[];
  /** Podcasting 2.0 chapters, a file of their own. */
  chaptersAddress: string | null;
  /** Podlove Simple Chapters, in the feed itself. */
  chapters: { start: string; title: string }[];
  link: string | null;
}

/** `<podcast:transcript url type language>` */
export interface FeedTranscript {
  address: string;
  type: string;
  language: string | null;
}

const mostItems = 20_000;
const mostChapters = 2000;

/** The items of an RSS or Atom feed that have sound, in the feed's order. Throws SourceFault when it is no feed. */
export function readFeed(text: string, base: string): FeedItem[] {
  const channel = channelOf(text);
  if (channel === null) throw new SourceFault('no-sound-found', 'The feed at this address cannot be read.');
  const { element, entries } = channel;
  const language = textOf(childOf(element, 'language')) || attributeOf(element, 'xml:lang') || null;
  return entries.slice(0, mostItems).flatMap((entry) => itemOf(entry, base, language));
}

function channelOf(text: string): { element: XmlElement; entries: XmlElement[] } | null {
  const rss = readXml(text, 'rss');
  const channel = rss === null ? undefined : childOf(rss, 'channel');
  if (channel !== undefined) return { element: channel, entries: childrenOf(channel, 'item') };
  const atom = readXml(text, 'feed');
  if (atom !== null) return { element: atom, entries: childrenOf(atom, 'entry') };
  const rdf = readXml(text, 'rdf:RDF');
  return rdf === null ? null : { element: rdf, entries: childrenOf(rdf, 'item') };
}

function itemOf(item: XmlElement, base: string, feedLanguage: string | null): FeedItem[] {
  const enclosure = enclosureOf(item, base);
  if (enclosure === null) return [];
  const dated =
    textOf(childOf(item, 'pubDate')) ||
    textOf(childOf(item, 'published')) ||
    textOf(childOf(item, 'updated'));
  const publishedMs = Date.parse(dated);
  const simple = childOf(item, 'psc:chapters');
  return [
    {
      guid: (textOf(childOf(item, 'guid')) || textOf(childOf(item, 'id')) || enclosure).slice(0, 1000),
      title: textOf(childOf(item, 'itunes:title')) || textOf(childOf(item, 'title')) || null,
      publishedMs: Number.isNaN(publishedMs) ? null : publishedMs,
      enclosure,
      language: attributeOf(item, 'xml:lang') ?? feedLanguage,
      transcripts: childrenOf(item, 'podcast:transcript').flatMap((one) => transcriptOf(one, base)),
      chaptersAddress: webAddress(attributeOf(childOf(item, 'podcast:chapters'), 'url'), base),
      chapters: simple === undefined ? [] : simpleChapters(simple),
      link: webAddress(textOf(childOf(item, 'link')), base),
    },
  ];
}

/** The enclosure that is sound, else one that is a film, else whatever is enclosed. */
function enclosureOf(item: XmlElement, base: string): string | null {
  const enclosed = [
    ...childrenOf(item, 'enclosure').map((one) => ({ address: attributeOf(one, 'url'), one })),
    ...childrenOf(item, 'link')
      .filter((one) => attributeOf(one, 'rel') === 'enclosure')
      .map((one) => ({ address: attributeOf(one, 'href'), one })),
    ...childrenOf(item, 'media:content').map((one) => ({ address: attributeOf(one, 'url'), one })),
  ].flatMap(({ address, one }) => {
    const whole = webAddress(address, base);
    return whole === null ? [] : [{ address: whole, type: attributeOf(one, 'type') ?? '' }];
  });
  const ofType = (type: string) => enclosed.find((one) => one.type.startsWith(type));
  const chosen =
    ofType('audio/') ?? ofType('video/') ?? enclosed.find(({ type }) => !type.startsWith('image/'));
  return chosen?.address ?? null;
}

function transcriptOf(element: XmlElement, base: string): FeedTranscript[] {
  const address = webAddress(attributeOf(element, 'url'), base);
  if (address === null) return [];
  const language = attributeOf(element, 'language') ?? null;
  return [{ address, type: attributeOf(element, 'type') ?? '', language }];
}

function simpleChapters(element: XmlElement): FeedItem['chapters'] {
  return childrenOf(element, 'psc:chapter')
    .slice(0, mostChapters)
    .flatMap((one) => {
      const [start, title] = [attributeOf(one, 'start'), attributeOf(one, 'title')];
      return start === undefined || title === undefined ? [] : [{ start, title }];
    });
}

/** The item that is named, by its guid or its enclosure's address; else the newest. Null when there is none. */
export function chooseItem(items: readonly FeedItem[], named: string | null): FeedItem | null {
  if (named !== null) {
    return items.find(({ guid, enclosure }) => guid === named || enclosure === named) ?? null;
  }
  // A feed is newest first by custom, which decides among those without a date.
  return items.reduce<FeedItem | null>(
    (best, item) => (best === null || (item.publishedMs ?? 0) > (best.publishedMs ?? 0) ? item : best),
    null,
  );
}
