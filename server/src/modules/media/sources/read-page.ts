import { Parser } from 'htmlparser2';
import { mediaOfJsonLd } from './json-ld.ts';
import { webAddress } from './web-address.ts';

/** A sound that a page names, with what it says of it. */
export interface PageMedia {
  address: string;
  /** Where in the page: what is worth trying first. */
  from: 'json-ld' | 'element' | 'open-graph' | 'twitter';
  title: string | null;
  isSound: boolean;
  captions: { address: string; language: string | null }[];
}

/** What a page says of itself and its sounds. Addresses are whole. */
export interface PageFacts {
  title: string | null;
  language: string | null;
  /** `rel=canonical`, on the same host only. */
  canonical: string | null;
  media: PageMedia[];
}

const mostMedia = 50;
const longestJson = 512 * 1024;
/** No page that people read is so deep. */
const deepest = 2000;
const portion = 16 * 1024;

interface Reading {
  address: string;
  base: string;
  meta: Map<string, string>;
  title: string;
  language: string | null;
  canonical: string | null;
  elements: PageMedia[];
  jsonLd: string[];
  /** The `<audio>` or `<video>` that is open. */
  open: { name: string; sources: string[]; captions: PageMedia['captions'] } | null;
  text: { kind: 'title' | 'json-ld'; value: string } | null;
  depth: number;
}

/** Reads a page for the sounds that it names; nothing in it is run. */
export function readPage(html: string, address: string): PageFacts {
  const reading: Reading = {
    address,
    base: address,
    meta: new Map(),
    title: '',
    language: null,
    canonical: null,
    elements: [],
    jsonLd: [],
    open: null,
    text: null,
    depth: 0,
  };
  const parser = new Parser({
    onopentag: (name, attributes) => openTag(reading, name, attributes),
    onclosetag: (name) => closeTag(reading, name),
    ontext: (text) => addText(reading, text),
  });
  // The parser looks through all open elements at each end: a page of nothing but beginnings would take for ever.
  for (let at = 0; at < html.length && reading.depth < deepest; at += portion) {
    parser.write(html.slice(at, at + portion));
  }
  parser.end();
  closeMedia(reading);
  return factsOf(reading);
}

function openTag(reading: Reading, name: string, given: Record<string, string>): void {
  reading.depth += 1;
  if (name === 'html') reading.language = given.lang?.slice(0, 35) || null;
  else if (name === 'base') reading.base = webAddress(given.href, reading.address) ?? reading.base;
  else if (name === 'meta') addMeta(reading, given);
  else if (name === 'link' && given.rel?.toLowerCase() === 'canonical') addCanonical(reading, given.href);
  else if (name === 'title' && reading.title === '') reading.text = { kind: 'title', value: '' };
  else if (name === 'script' && /^application\/ld\+json/i.test(given.type ?? ''))
    reading.text = { kind: 'json-ld', value: '' };
  else if (name === 'audio' || name === 'video') openMedia(reading, name, given.src);
  else if (reading.open !== null && name === 'source' && given.src) reading.open.sources.push(given.src);
  else if (reading.open !== null && name === 'track') addTrack(reading, given);
}

function closeTag(reading: Reading, name: string): void {
  reading.depth = Math.max(0, reading.depth - 1);
  if (reading.open?.name === name) closeMedia(reading);
  const { text } = reading;
  if (text === null || (name !== 'title' && name !== 'script')) return;
  if (text.kind === 'title') reading.title = text.value;
  else if (reading.jsonLd.length < mostMedia) reading.jsonLd.push(text.value);
  reading.text = null;
}

function addText({ text }: Reading, value: string): void {
  if (text !== null && text.value.length + value.length <= longestJson) text.value += value;
}

/** The first of a name counts; `og:video` may come with `og:video:type` behind it. */
function addMeta(reading: Reading, given: Record<string, string>): void {
  const name = (given.property ?? given.name ?? '').toLowerCase();
  if (/^(og|twitter):/.test(name) && given.content && !reading.meta.has(name)) {
    reading.meta.set(name, given.content.trim());
  }
}

function addCanonical(reading: Reading, href: string | undefined): void {
  const canonical = webAddress(href, reading.address);
  if (canonical !== null && new URL(canonical).host === new URL(reading.address).host)
    reading.canonical = canonical;
}

function openMedia(reading: Reading, name: string, source: string | undefined): void {
  closeMedia(reading);
  reading.open = { name, sources: source ? [source] : [], captions: [] };
}

function addTrack({ open, base }: Reading, given: Record<string, string>): void {
  const address = webAddress(given.src, base);
  const kind = (given.kind ?? 'subtitles').toLowerCase();
  if (open === null || address === null || !/^(captions|subtitles)$/.test(kind)) return;
  if (open.captions.length < 20)
    open.captions.push({ address, language: given.srclang?.slice(0, 35) || null });
}

function closeMedia(reading: Reading): void {
  const { open } = reading;
  reading.open = null;
  for (const source of open?.sources ?? []) {
    const address = webAddress(source, reading.base);
    if (open === null || address === null || reading.elements.length >= mostMedia) continue;
    const isSound = open.name === 'audio';
    reading.elements.push({ address, from: 'element', title: null, isSound, captions: open.captions });
  }
}

function factsOf(reading: Reading): PageFacts {
  const { meta, base } = reading;
  const fromMeta = (from: PageMedia['from'], name: string, isSound: boolean): PageMedia[] => {
    const address = webAddress(
      meta.get(`${name}:secure_url`) ?? meta.get(name) ?? meta.get(`${name}:url`),
      base,
    );
    // A page of a player, which only a browser can make sense of.
    const isPage = /html|flash/.test(meta.get(`${name}:type`) ?? meta.get(`${name}:content_type`) ?? '');
    return address === null || isPage ? [] : [{ address, from, title: null, isSound, captions: [] }];
  };
  const described = reading.jsonLd.flatMap((json) => mediaOfJsonLd(json, base)).slice(0, mostMedia);
  const media = [
    ...described,
    ...reading.elements,
    ...fromMeta('open-graph', 'og:audio', true),
    ...fromMeta('open-graph', 'og:video', false),
    ...fromMeta('twitter', 'twitter:player:stream', false),
  ];
  return {
    title: meta.get('og:title') || meta.get('twitter:title') || reading.title.trim() || null,
    language: reading.language,
    canonical: reading.canonical,
    media: withTracks(media),
  };
}

/** One of each address, in the order of trust: the page's description of itself, then what it shows. */
function withTracks(media: readonly PageMedia[]): PageMedia[] {
  const byAddress = new Map<string, PageMedia>();
  for (const one of media) {
    const known = byAddress.get(one.address);
    if (known === undefined) byAddress.set(one.address, one);
    else byAddress.set(one.address, { ...known, captions: [...known.captions, ...one.captions] });
  }
  return [...byAddress.values()];
}
