import { describe, expect, test } from 'vitest';
import { plainlyNotMedia } from './sniff.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

describe('plainlyNotMedia', () => {
  test.each([
    ['text', 'Bonjour, ceci est un texte.\n'],
    ['a web page', '  <!DOCTYPE html><html>'],
    ['a playlist (M3U); give its address instead', '#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n'],
    ['a PDF document', '%PDF-1.7\n%\xe2\xe3'],
    ['a ZIP archive or office document', 'PK\x03\x04\x14\x00'],
    ['a program', '\x7fELF\x02\x01\x01\x00'],
    ['text', '{"not":"audio"}'],
  ])('says %s', (kind, head) => {
    expect(plainlyNotMedia(bytes(head))).toBe(kind);
  });

  test('French text in UTF-8 is text', () => {
    expect(plainlyNotMedia(Buffer.from('L’été, déjà — « à demain »'))).toBe('text');
  });

  test.each([
    ['WAV', 'RIFF\x24\x08\x00\x00WAVEfmt \x10\x00\x00\x00'],
    ['MP3 with ID3', 'ID3\x04\x00\x00\x00\x00\x0f\x76'],
    ['raw MP3', '\xff\xfb\x90\x64\x00\x0f\xf0'],
    ['MP4', '\x00\x00\x00\x20ftypisom'],
    ['Ogg', 'OggS\x00\x02\x00\x00'],
    ['FLAC', 'fLaC\x00\x00\x00\x22'],
    ['nothing yet', ''],
  ])('lets %s pass to the probe', (_name, head) => {
    expect(plainlyNotMedia(bytes(head))).toBeNull();
  });
});
