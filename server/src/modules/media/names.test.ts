import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanLine } from '../../kernel/clean-line.ts';
import { cleanFilename, downloadName, filenameFromUrl, titleFromFilename } from './names.ts';

const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
const REORDERING = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

describe('cleanFilename', () => {
  test.each([
    ['séance du 3 mars.mp4', 'séance du 3 mars.mp4'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\me\\talk.mp3', 'talk.mp3'],
    ['a\r\nSet-Cookie: x=1.mp3', 'a Set-Cookie: x=1.mp3'],
    ['nul\u0000byte.wav', 'nul byte.wav'],
    ['gpj.\u202e3pm.exe', 'gpj.3pm.exe'],
    ['.htaccess', 'htaccess'],
    ['e\u0301.mp3', 'é.mp3'],
  ])('%j becomes %j', (given, expected) => {
    expect(cleanFilename(given)).toBe(expected);
  });

  test.each(['', '/', '..', '\u0000\u0001', '\u202e'])('%j leaves nothing', (given) => {
    expect(cleanFilename(given)).toBeNull();
  });

  test('keeps the extension of a name of 10,000 characters', () => {
    const name = cleanFilename(`${'x'.repeat(10_000)}.mp3`) ?? '';
    expect(name.length).toBeLessThanOrEqual(200);
    expect(name.endsWith('.mp3')).toBe(true);
  });

  test('whatever comes, the result is one short segment that a database and a header can hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (given) => {
        const name = cleanFilename(given);
        if (name === null) return;
        expect(name).not.toMatch(/[/\\]/);
        expect(name).not.toMatch(CONTROL);
        expect(name).not.toMatch(REORDERING);
        expect(name.isWellFormed()).toBe(true);
        expect([...name].length).toBeLessThanOrEqual(200);
        expect(name).not.toMatch(/^\.*$/);
      }),
    );
  });
});

describe('titles', () => {
  test('underscores are the spaces of old systems', () => {
    expect(titleFromFilename('seance_publique_2026-01-03.mp4')).toBe('seance publique 2026-01-03');
  });

  test('an address gives its last segment, decoded; a bad escape stays as it is', () => {
    expect(filenameFromUrl(new URL('https://x.test/a/d%C3%A9bat%201.mp3?x=/y.mp3'))).toBe('débat 1.mp3');
    expect(filenameFromUrl(new URL('https://x.test/%E0%A4%A.mp3'))).toBe('%E0%A4%A.mp3');
    expect(filenameFromUrl(new URL('https://x.test/..%2f..%2fpasswd'))).toBe('passwd');
    expect(filenameFromUrl(new URL('https://x.test/'))).toBeNull();
    expect(filenameFromUrl(new URL('https://x.test/journal/index.m3u8'))).toBe('journal');
    expect(filenameFromUrl(new URL('https://x.test/master.m3u8'))).toBe('master.m3u8');
  });

  test('an unpaired surrogate does not survive', () => {
    expect(cleanLine('a\ud800b').isWellFormed()).toBe(true);
  });
});

describe('downloadName', () => {
  test.each([
    ['Séance: questions/réponses?', 'Séance- questions-réponses.mp3'],
    ['../..', 'recording.mp3'],
    ['...', 'recording.mp3'],
  ])('%j becomes %j', (title, expected) => {
    expect(downloadName(title, 'mp3')).toBe(expected);
  });

  test('is never longer than a file system takes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (title) => {
        const name = downloadName(title, 'm4a');
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(500);
        expect(name).not.toMatch(/[/\\\u0000-\u001f"]/);
      }),
    );
  });
});
