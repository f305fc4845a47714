import { describe, expect, test } from 'vitest';
import { joinVtt } from './join-vtt.ts';
import { readPage } from './read-page.ts';

const BASE = 'https://radio.test/shows/one?x=1';
const media = (html: string) =>
  readPage(html, BASE).media.map(({ address }) => address.replace('https://radio.test/', ''));

describe('the sounds of a page', () => {
  test.each<[string, string, string[]]>([
    ['<audio src>', '<audio src="a.mp3"></audio>', ['shows/a.mp3']],
    [
      '<video><source>',
      '<video><source src="/f.webm"><source src="f.mp4" type="video/mp4"></video>',
      ['f.webm', 'shows/f.mp4'],
    ],
    ['below <base>', '<base href="/media/"><audio src="a.mp3">', ['media/a.mp3']],
    ['<source> of a picture', '<picture><source srcset="a.webp" src="a.webp"></picture>', []],
    [
      'og:audio before og:video',
      '<meta property="og:video" content="/v.mp4"><meta property="og:audio" content="/a.mp3">',
      ['a.mp3', 'v.mp4'],
    ],
    [
      'og:video:secure_url',
      '<meta property="og:video" content="http://radio.test/v"><meta property="og:video:secure_url" content="/s.mp4">',
      ['s.mp4'],
    ],
    [
      'a player that is a page',
      '<meta property="og:video:url" content="/embed"><meta property="og:video:type" content="text/html">',
      [],
    ],
    ['twitter', '<meta name="twitter:player:stream" content="/t.mp4">', ['t.mp4']],
    [
      'JSON-LD first',
      '<audio src="/a.mp3"></audio><script type="application/ld+json">{"@graph":[{"@type":"VideoObject","contentUrl":"/v.mp4"},{"@type":["AudioObject"],"contentUrl":"/s.mp3","name":"Said"}]}</script>',
      ['s.mp3', 'v.mp4', 'a.mp3'],
    ],
    [
      'broken JSON-LD',
      '<script type="application/ld+json">{"@type":</script><audio src="/a.mp3">',
      ['a.mp3'],
    ],
    ['a feed is not followed', '<link rel="alternate" type="application/rss+xml" href="/feed.xml">', []],
    [
      'other places than the web',
      '<audio src="file:///etc/passwd"><source src="data:audio/mpeg,x"><source src="javascript:x"></audio>',
      [],
    ],
    ['each once', '<audio src="/a.mp3"></audio><meta property="og:audio" content="/a.mp3">', ['a.mp3']],
    ['nothing in scripts', '<script>document.write("<audio src=/a.mp3>")</script>', []],
    ['addresses with entities', '<audio src="/a.mp3?x=1&amp;y=2">', ['a.mp3?x=1&y=2']],
  ])('%s', (_name, html, found) => {
    expect(media(html)).toEqual(found);
  });

  test('with what the page says of them', () => {
    const html = `<html lang="fr"><title>La séance</title><link rel="canonical" href="/shows/one">
      <video src="f.mp4"><track kind="captions" srclang="fr" src="/f.vtt"><track kind="metadata" src="/m.vtt"></video>`;
    expect(readPage(html, BASE)).toMatchObject({
      title: 'La séance',
      language: 'fr',
      canonical: 'https://radio.test/shows/one',
      media: [{ captions: [{ address: 'https://radio.test/f.vtt', language: 'fr' }] }],
    });
    expect(readPage('<link rel=canonical href="https://other.test/">', BASE).canonical).toBeNull();
  });

  test('take no longer when it is made to', () => {
    for (const one of [
      '<div>',
      '<a ',
      '</p>',
      '<video>',
      '<audio src=a>',
      '<meta property="og:x',
      '<!--',
      '&amp',
    ]) {
      expect(readPage(one.repeat(100_000), BASE).media.length).toBeLessThanOrEqual(100);
    }
    readPage('<div>'.repeat(200_000) + '</p>'.repeat(200_000), BASE);
    const deep = `<script type="application/ld+json">${'['.repeat(100_000)}</script>`;
    expect(readPage(deep, BASE).media).toEqual([]);
  }, 15_000);
});

test('captions in pieces become one file, on one clock, each cue once', () => {
  const piece = (ticks: number, ...cues: string[]) =>
    `WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:${ticks},LOCAL:00:00:00.000\n\n${cues.join('\n\n')}\n`;
  const joined = joinVtt([
    piece(900_000, '00:01.000 --> 00:02.000\nOne', '00:05.500 --> 00:07.000\nReaches over'),
    piece(900_000 + 6 * 90_000, '00:00:01.000 --> 00:00:02.500 line:0\nTwo'),
    piece(900_000, '00:05.500 --> 00:07.000\nReaches over'),
    'NOT CAPTIONS',
  ]);
  expect(joined).toBe(
    'WEBVTT\n\n00:01.000 --> 00:02.000\nOne\n\n00:05.500 --> 00:07.000\nReaches over\n\n00:00:07.000 --> 00:00:08.500 line:0\nTwo\n',
  );
});
