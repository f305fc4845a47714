import { describe, expect, it } from 'vitest';
import { faultOfPassword, normalisePassword } from './password-policy.ts';

const owner = { username: 'camille.de.la.radio', email: 'Camille.De.La.Tour@radio.example' };

describe('faultOfPassword', () => {
  it('accepts a long phrase in any script', () => {
    expect(faultOfPassword('le chat dort sur la console', owner)).toBeNull();
    expect(faultOfPassword('كلمة مرور طويلة جدا', owner)).toBeNull();
    expect(faultOfPassword('x\u0000y\u0001zabcdefghij', owner)).toBeNull();
  });

  it('counts characters, not code units', () => {
    expect(faultOfPassword('🎧🎙️📻🎚️🎛️', owner)).toMatch(/at least 12/);
    expect(faultOfPassword('abcdefghijk', owner)).toMatch(/at least 12/);
    expect(faultOfPassword('abcdefghijkm', owner)).toBeNull();
    expect(faultOfPassword('ab🎧cd'.repeat(51), owner)).toBeNull();
    expect(faultOfPassword('ab🎧cd'.repeat(52), owner)).toMatch(/at most 256/);
  });

  it('counts them after normalisation, which may shrink or stretch', () => {
    expect(faultOfPassword(`${'e\u0301'.repeat(6)}abcde`, owner)).toMatch(/at least 12/);
    expect(faultOfPassword(`${'\ufdfa'.repeat(15)}abc`, owner)).toMatch(/at most 256/);
  });

  it.each(['CAMILLE.DE.LA.RADIO', 'camille.de.la.tour@radio.example', 'ｃamille.de.la.tour'])(
    'refuses %s: a name of its owner',
    (password) => {
      expect(faultOfPassword(password, owner)).toMatch(/username or the e-mail/);
    },
  );

  it.each(['password1234', 'MotDePasse123', 'azertyuiop123', 'aaaaaaaaaaaaaaaa', 'ababababababab'])(
    'refuses %s: among the first to be guessed',
    (password) => {
      expect(faultOfPassword(password, owner)).toMatch(/guessed/);
    },
  );

  it('does without an e-mail', () => {
    expect(faultOfPassword('le chat dort', { username: 'ada', email: null })).toBeNull();
  });
});

it('normalises composed and decomposed letters to one', () => {
  expect(normalisePassword('e\u0301te\u0301')).toBe(normalisePassword('été'));
});
