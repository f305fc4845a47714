import { describe, expect, test } from 'vitest';
import { decodeText } from './decode-text.ts';
import { documentKind, isDressedPlaylist, isEndlessReply } from './document-kind.ts';

describe('what an answer is, by its first bytes', () => {
  test.each<[string, string | Buffer, ReturnType<typeof documentKind>]>([
    ['an HLS list', '#EXTM3U\n#EXT-X-VERSION:3\n', 'hls'],
    ['one with a byte order mark', '\ufeff#EXTM3U\r\n#EXT-X-TARGETDURATION:4', 'hls'],
    ['a plain list of addresses', '#EXTM3U\n#EXTINF:12,Song\nhttp://a.test/b.mp3', 'address-list'],
    ['a PLS', '[playlist]\nFile1=file:///etc/passwd', 'address-list'],
    ['an ASX', '<asx version="3"><entry/></asx>', 'address-list'],
    ['an MPD', '<?xml version="1.0"?>\n<!-- made by us -->\n<MPD type="static">', 'dash'],
    ['RSS', '<?xml version="1.0"?><?xml-stylesheet href="x"?><rss version="2.0">', 'feed'],
    ['RSS behind a document type with entities', '<!DOCTYPE rss [<!ENTITY a "b">]><rss>', 'feed'],
    ['Atom', '<feed xmlns="http://www.w3.org/2005/Atom">', 'feed'],
    ['a page', '<!doctype html><title>x</title>', 'page'],
    ['a page without a type', '\n\n<HTML lang=fr>', 'page'],
    ['a fragment of a page', '<div>Hello</div>', 'page'],
    ['UTF-16', Buffer.from('\ufeff<html>', 'utf16le'), 'page'],
    ['text', 'no sound at all\n', 'text'],
    ['a concat script', 'ffconcat version 1.0\nfile /etc/passwd', 'text'],
    ['MP3 behind ID3', Buffer.from('494433030000000000', 'hex'), null],
    ['MP3 frames', Buffer.from('fffb906400000001', 'hex'), null],
    ['WAV', Buffer.concat([Buffer.from('RIFF'), Buffer.alloc(40)]), null],
    ['a PNG', Buffer.from('89504e470d0a1a0a', 'hex'), null],
    ['nothing', Buffer.alloc(0), null],
  ])('%s', (_name, head, kind) => {
    expect(documentKind(Buffer.from(head))).toBe(kind);
  });

  test('takes no longer for a head that is made to be looked at for ever', () => {
    for (const evil of ['<!--', '<?', '<!doctype x [', ' ', '<!-- -->', '<!doctype']) {
      expect(documentKind(Buffer.from(evil.repeat(4096 / evil.length)))).not.toBe('hls');
    }
  });
});

test.each([
  ['http://a.test/radio.m3u8', 'application/vnd.apple.mpegurl', false],
  ['http://a.test/radio.mp3', 'audio/mpegurl', false],
  ['http://a.test/list', 'text/plain', false],
  ['http://a.test/list', null, false],
  ['http://a.test/list.m3u8', 'application/octet-stream', false],
  ['http://a.test/song.mp3', 'audio/mpeg', true],
  ['http://a.test/song.mp3', 'text/plain', true],
  ['http://a.test/list.m3u8', 'audio/mpeg', true],
  ['http://a.test/x', 'image/png', true],
])('%s as %s: dressed up is %s', (address, type, dressed) => {
  expect(isDressedPlaylist(address, type)).toBe(dressed);
});

test('a radio has no end', () => {
  expect(isEndlessReply({ 'icy-name': 'Radio', 'content-type': 'audio/mpeg' })).toBe(true);
  expect(isEndlessReply({ 'icy-name': 'Radio', 'content-length': '5' })).toBe(false);
  expect(isEndlessReply({ 'content-type': 'audio/mpeg' })).toBe(false);
});

test.each<[string, Buffer, string | null]>([
  ['UTF-8 without a word', Buffer.from('séance'), null],
  ['Latin-1 by the host', Buffer.from('séance', 'latin1'), 'iso-8859-1'],
  ['UTF-16 by its mark', Buffer.from('\ufeffséance', 'utf16le'), null],
  ['a name that nobody knows', Buffer.from('séance'), 'klingon'],
])('%s', (_name, bytes, charset) => {
  expect(decodeText(bytes, charset)).toContain('séance');
});

test.each([
  '<meta charset=windows-1252>',
  `<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">`,
  `<?xml version='1.0' encoding='ISO-8859-1'?>`,
])('the document says it itself: %s', (word) => {
  expect(decodeText(Buffer.from(`${word}séance`, 'latin1'), null)).toContain('séance');
});
