import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { codeOf, reasonOf } from './reason-of.ts';

const failure = (act: () => void): unknown => {
  try {
    act();
  } catch (error) {
    return error;
  }
};

it('puts an error of the system into words', () => {
  const error = failure(() => readFileSync('/no/such/file'));
  expect(codeOf(error)).toBe('ENOENT');
  expect(reasonOf(error)).toBe('it does not exist');
  expect(reasonOf(Object.assign(new Error('write'), { code: 'ENOSPC' }))).toBe('the disk is full');
});

it('keeps the words of any other error', () => {
  expect(reasonOf(new Error('the cat sat on it'))).toBe('the cat sat on it');
  expect(reasonOf('so')).toBe('so');
  expect(codeOf('so')).toBeUndefined();
});
