import { expect, test } from 'vitest';
import { typeset } from './typeset.ts';

test('French punctuation holds to its word', () => {
  expect(typeset('Crédits « Culture » : qui paie ?')).toBe(
    'Crédits «\u202fCulture\u202f»\u00a0: qui paie\u202f?',
  );
});

test.each(['Who pays? Nobody: see below.', 'https://radio.example/?a=1', 'Séance de 9:30', ''])(
  '%j is left as it is',
  (text) => expect(typeset(text)).toBe(text),
);

test('an apostrophe of the typewriter becomes one, and no character is gained or lost', () => {
  expect(typeset("l'eau d'aujourd'hui")).toBe('l’eau d’aujourd’hui');
  expect(typeset("don't say 'no'")).toBe("don’t say 'no'");
});
