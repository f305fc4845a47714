import { expect, test } from 'vitest';
import { MediaError } from '../../../kernel/media/tools.ts';
import { AddressRefused, FetchFailed } from '../../../kernel/net/errors.ts';
import { StorageFullError } from '../../../kernel/storage/errors.ts';
import { toFailure } from './extraction-failure.ts';

test.each([
  [new FetchFailed('status', 'The host answered with status 503', { status: 503 }), false],
  [new FetchFailed('status', 'The host answered with status 429', { status: 429 }), false],
  [new FetchFailed('status', 'The host answered with status 404', { status: 404 }), true],
  [new FetchFailed('broken', 'The connection broke'), false],
  [new FetchFailed('dns', 'No such host'), false],
  [new FetchFailed('too-large', 'Too large'), true],
  [new AddressRefused('private', '10.0.0.1', 'Private'), true],
  [new MediaError('broken', 'The file is broken'), true],
  [new MediaError('tool-failed', 'ffmpeg was killed'), false],
  [new StorageFullError('0 bytes'), false],
  [new TypeError('x is undefined at /srv/secret/path.ts'), false],
])('%s: final %s, with a sentence', (error, isFinal) => {
  const failure = toFailure(error);
  expect(failure.isFinal).toBe(isFinal);
  expect(failure.message).toMatch(/[.!?…]$/);
  expect(failure.message).not.toContain('/srv');
});
