import { expect, test } from 'vitest';
import { en } from './en.ts';
import { fr } from './fr.ts';
import { createTranslate } from './translate.ts';

const french = createTranslate(fr, 'fr-FR');
const english = createTranslate(en, 'en-GB');
const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ');

test('a text is found by its path and its places are filled', () => {
  expect(french('type.audition')).toBe('Audition');
  expect(plain(french('debat.resume', { time: '1:02:45' }))).toBe('Reprendre à 1:02:45');
});

test('plurals are those of the language: French counts nought as one, English does not', () => {
  expect(french('archive.count', { count: 0 })).toBe('0 débat');
  expect(english('archive.count', { count: 0 })).toBe('0 debates');
  expect(french('archive.count', { count: 2 })).toBe('2 débats');
  expect(english('archive.count', { count: 1 })).toBe('1 debate');
});

test('numbers are written as the language writes them', () => {
  expect(plain(french('archive.count', { count: 50_000 }))).toBe('50 000 débats');
  expect(english('archive.count', { count: 50_000 })).toBe('50,000 debates');
});

test('what is put in a place is not read as a place', () => {
  expect(plain(french('archive.play', { title: '{{title}}' }))).toBe('Écouter « {{title}} »');
});
