import { describe, expect, test } from 'vitest';
import { readPodcastChapters, readSimpleChapters } from './podcast-chapters.ts';
import { chooseItem, readFeed } from './read-feed.ts';

const BASE = 'https://radio.test/feeds/show.xml';
const rss = (...items: string[]) =>
  `<?xml version="1.0"?><rss version="2.0"><channel><title>Show</title><language>fr</language>${items.join('')}</channel></rss>`;
const enclosure = (url: string, type = 'audio/mpeg') => `<enclosure url="${url}" type="${type}" length="1"/>`;

describe('a feed', () => {
  test('gives the items that have sound, with all that belongs to it', () => {
    const text = rss(
      `<item><title>Les &amp; autres</title><guid isPermaLink="false">ep-2</guid><pubDate>Sat, 14 Mar 2026 15:09:26 GMT</pubDate>
        ${enclosure('../audio/2.mp3?a=1&amp;b=2')}
        <podcast:transcript url="2.vtt" type="text/vtt" language="fr"/>
        <podcast:transcript url="file:///etc/passwd" type="text/vtt"/>
        <podcast:chapters url="2.json" type="application/json+chapters"/>
        <psc:chapters><psc:chapter start="00:00:00" title="Début"/><psc:chapter start="1:30" title="Suite"/></psc:chapters></item>`,
      '<item><title>Only words</title><link>https://radio.test/words</link></item>',
      `<item><title><![CDATA[Bande <b>annonce</b>]]></title>${enclosure('https://cdn.test/1.mp3')}</item>`,
    );
    const [first, second, ...more] = readFeed(text, BASE);
    expect(more).toEqual([]);
    expect(first).toEqual({
      guid: 'ep-2',
      title: 'Les & autres',
      publishedMs: Date.parse('2026-03-14T15:09:26Z'),
      enclosure: 'https://radio.test/audio/2.mp3?a=1&b=2',
      language: 'fr',
      transcripts: [{ address: 'https://radio.test/feeds/2.vtt', type: 'text/vtt', language: 'fr' }],
      chaptersAddress: 'https://radio.test/feeds/2.json',
      chapters: [
        { start: '00:00:00', title: 'Début' },
        { start: '1:30', title: 'Suite' },
      ],
      link: null,
    });
    expect(second).toMatchObject({ guid: 'https://cdn.test/1.mp3', title: 'Bande <b>annonce</b>' });
  });

  test('in Atom', () => {
    const text = `<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>urn:1</id><title>One</title>
      <link rel="alternate" href="page"/><link rel="enclosure" type="audio/ogg" href="one.ogg"/>
      <published>2026-01-01T00:00:00Z</published></entry></feed>`;
    expect(readFeed(text, BASE)).toMatchObject([
      { guid: 'urn:1', enclosure: 'https://radio.test/feeds/one.ogg', title: 'One' },
    ]);
  });

  test.each([
    [
      'sound before a film before a picture',
      enclosure('p.jpg', 'image/jpeg') + enclosure('f.mp4', 'video/mp4') + enclosure('s.mp3'),
      's.mp3',
    ],
    ['what says nothing of its type', enclosure('p.jpg', 'image/jpeg') + enclosure('x', ''), 'x'],
  ])('%s', (_name, inside, chosen) => {
    expect(readFeed(rss(`<item>${inside}</item>`), BASE)[0]?.enclosure).toBe(
      `https://radio.test/feeds/${chosen}`,
    );
  });

  test.each([
    ['local files', rss(`<item>${enclosure('file:///etc/passwd')}</item>`)],
    ['data', rss(`<item>${enclosure('data:audio/mpeg,x')}</item>`)],
    ['nothing', rss()],
  ])('of %s has no item with sound', (_name, text) => {
    expect(readFeed(text, BASE)).toEqual([]);
  });

  test('takes no longer when it is made to', () => {
    const laughs = Array.from({ length: 50 }, (_, i) => `<!ENTITY l${i + 1} "&l${i};&l${i};">`).join('');
    const evil = `<!DOCTYPE rss [<!ENTITY l0 "ha">${laughs}]>${rss(`<item><title>&l50;</title>${enclosure('a.mp3')}</item>`)}`;
    expect(JSON.stringify(attempt(() => readFeed(evil, BASE))).length).toBeLessThan(10_000);
    for (const one of ['<item>', '<a b="', '<![CDATA[', '<!--', '&', '<a:b ', '</x>']) {
      attempt(() => readFeed(`<rss><channel>${one.repeat(100_000)}`, BASE));
    }
  }, 10_000);
});

const attempt = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return String(error);
  }
};

describe('the item', () => {
  const item = (guid: string, publishedMs: number | null) => ({
    ...{ guid, publishedMs, title: null, enclosure: `https://a.test/${guid}.mp3`, language: null },
    ...{ transcripts: [], chaptersAddress: null, chapters: [], link: null },
  });

  test.each([
    ['the newest', [item('a', 1), item('b', 3), item('c', 2)], null, 'b'],
    ['the first, without dates', [item('a', null), item('b', null)], null, 'a'],
    ['the one that is named', [item('a', 1), item('b', 3)], 'a', 'a'],
    ['named by its file', [item('a', 1), item('b', 3)], 'https://a.test/a.mp3', 'a'],
    ['none of that name', [item('a', 1)], 'z', undefined],
    ['none', [], null, undefined],
  ])('%s', (_name, items, named, chosen) => {
    expect(chooseItem(items, named)?.guid).toBe(chosen);
  });
});

test('chapters of Podcasting 2.0', () => {
  const json = {
    version: '1.2.0',
    chapters: [
      { startTime: 0, title: 'Start' },
      { startTime: 10.5, endTime: 20, title: 'Next', url: 'https://a.test' },
      { startTime: 12, title: 'A picture', toc: false },
      { startTime: '15', title: 'Not a number' },
      { startTime: 1e9, title: 'Too late' },
      { startTime: 30 },
    ],
  };
  expect(readPodcastChapters(JSON.stringify(json))).toEqual([
    { startMs: 0, endMs: null, title: 'Start' },
    { startMs: 10_500, endMs: 20_000, title: 'Next' },
  ]);
  for (const text of ['', '{', '[]', 'null', '{"chapters":{}}'])
    expect(readPodcastChapters(text)).toEqual([]);
});

test.each([
  ['01:02:03.500', 3_723_500],
  ['1:30', 90_000],
  ['12', 12_000],
  ['x', undefined],
  ['1:2:3:4', undefined],
])('a simple chapter at %s', (start, ms) => {
  expect(readSimpleChapters([{ start, title: 'A' }])[0]?.startMs).toBe(ms);
});
