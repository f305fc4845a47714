import { expect, test } from 'vitest';
import { safeReturn } from './safe-return.ts';

test.each([
  ['/recordings/new', '/recordings/new'],
  ['/archive?q=eau', '/archive?q=eau'],
  [undefined, '/archive'],
  ['https://evil.example', '/archive'],
  ['//evil.example', '/archive'],
  ['/\\evil.example', '/archive'],
  ['/sign-in?return=/sign-in', '/archive'],
])('%s leads to %s', (back, expected) => expect(safeReturn(back)).toBe(expected));
