import { expect, test } from 'vitest';
import { accountFaults } from './account-rules.ts';

const good = { username: 'camille', email: 'camille@radio.example', password: 'une phrase assez longue' };

test('a good account has no fault', () => {
  expect(accountFaults(good)).toEqual({ username: false, email: false, password: null });
});

test.each(['a b c', '@camille', '-x', '', 'x'.repeat(65)])('%j is no user name', (username) => {
  expect(accountFaults({ ...good, username }).username).toBe(true);
});

test.each(['camille', '@radio', 'a b@c.d', 'a@b@c', ''])('%j is no e-mail', (email) => {
  expect(accountFaults({ ...good, email }).email).toBe(true);
});

test.each([
  ['é'.repeat(11), 'short'],
  ['abcdabcdabcd', null],
  ['aabbaabbaabb', 'guessed'],
  ['Camille@Radio.example', 'own'],
])('the password %j is %s', (password, fault) => {
  expect(accountFaults({ ...good, password }).password).toBe(fault);
});
