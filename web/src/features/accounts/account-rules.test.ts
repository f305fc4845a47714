import { expect, test } from 'vitest';
import { accountFaults } from './account-rules.ts';

const good = { username: 'camille', email: 'camille@radio.example', password: 'une phrase assez longue' };

test('a good account has no fault', () => {
  expect(accountFaults(good)).toEqual({ username: false, email: false, password: false });
});

test.each(['ab', 'a b c', '@camille', ''])('%j is no user name', (username) => {
  expect(accountFaults({ ...good, username }).username).toBe(true);
});

test.each(['camille', 'camille@radio', 'a b@c.d', ''])('%j is no e-mail', (email) => {
  expect(accountFaults({ ...good, email }).email).toBe(true);
});

test('a password is counted in characters, not in bytes', () => {
  expect(accountFaults({ ...good, password: 'é'.repeat(11) }).password).toBe(true);
  expect(accountFaults({ ...good, password: 'é'.repeat(12) }).password).toBe(false);
});
