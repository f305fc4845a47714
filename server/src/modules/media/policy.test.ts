import { expect, test } from 'vitest';
import type { Actor } from '../../kernel/auth/actor.ts';
import { mayRead } from './policy.ts';

const actor = (organisationId: string, ...permissions: string[]): Actor => ({
  organisationId,
  personId: null,
  sessionId: null,
  permissions: new Set(permissions),
  isPlatformAdmin: false,
});

test.each([
  ['public', actor('a'), true],
  ['unlisted', actor('a'), true],
  ['private', actor('a'), false],
  ['private', actor('a', 'media.write'), false],
  ['private', actor('a', 'media.read'), true],
  ['public', actor('b', 'media.read'), false],
  ['private', { ...actor('b', 'media.read'), isPlatformAdmin: true }, false],
] as const)('a %s recording of organisation a', (visibility, reader, expected) => {
  expect(mayRead(reader, { organisationId: 'a', visibility })).toBe(expected);
});
