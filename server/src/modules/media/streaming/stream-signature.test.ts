import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sameAddress } from '../extraction/same-address.ts';
import { createSealer } from '../signing/sealed-secret.ts';
import { isTraversal, parseStreamName, signableNames } from './stream-name.ts';
import { chooseQuality } from './stream-quality.ts';
import { checkStreamSignature, signStream } from './stream-signature.ts';

const NOW = 1_800_000_000;
const ID = '01941f29-7c00-7aaa-8aaa-0123456789ab';
const hmac = (secret: string, text: string) => createHmac('sha256', secret).update(text).digest('hex');

const judge = (
  sig: string,
  given: { expires?: string; ip?: string; user?: string; name?: string; secrets?: string[] } = {},
) => {
  const { expires = String(NOW + 10), name = `${ID}.mp3`, secrets = ['new', 'old'], ...bound } = given;
  const answer = checkStreamSignature(secrets, signableNames(name), { sig, expires, ...bound }, NOW * 1000);
  return answer.kind === 'valid' ? `valid ${answer.secret}` : answer.kind;
};

describe('a stream signature', () => {
  const at = NOW + 10;
  test.each([
    ['the contract’s text', hmac('new', `${ID}.mp3|${at}`), {}, 'valid 0'],
    ['the previous key', hmac('old', `${ID}.mp3|${at}`), {}, 'valid 1'],
    ['an older key', hmac('older', `${ID}.mp3|${at}`), {}, 'wrong'],
    ['a colon', hmac('new', `${ID}.mp3:${at}`), {}, 'valid 0'],
    ['the name without extension', hmac('new', `${ID}|${at}`), {}, 'valid 0'],
    ['upper-case hex', hmac('new', `${ID}|${at}`).toUpperCase(), {}, 'valid 0'],
    ['another extension', hmac('new', `${ID}.m4a|${at}`), {}, 'wrong'],
    ['an extension that was not asked for', hmac('new', `${ID}.mp3|${at}`), { name: ID }, 'wrong'],
    ['an address', hmac('new', `${ID}|${at}|ip=192.0.2.1`), { ip: '192.0.2.1' }, 'valid 0'],
    ['a colon and an address', hmac('new', `${ID}:${at}|ip=192.0.2.1`), { ip: '192.0.2.1' }, 'valid 0'],
    ['a person', hmac('new', `${ID}|${at}|user=7`), { user: '7' }, 'valid 0'],
    ['both', hmac('new', `${ID}|${at}|ip=::1|user=7`), { ip: '::1', user: '7' }, 'valid 0'],
    ['both the wrong way round', hmac('new', `${ID}|${at}|user=7|ip=::1`), { ip: '::1', user: '7' }, 'wrong'],
    ['an address taken off', hmac('new', `${ID}|${at}|ip=::1`), {}, 'wrong'],
    ['an address put on', hmac('new', `${ID}|${at}`), { ip: '::1' }, 'wrong'],
    ['a person taken off', hmac('new', `${ID}|${at}|user=7`), {}, 'wrong'],
    ['the last second', hmac('new', `${ID}|${NOW - 60}`), { expires: String(NOW - 60) }, 'valid 0'],
    ['a second later', hmac('new', `${ID}|${NOW - 61}`), { expires: String(NOW - 61) }, 'late'],
    ['a late wrong one', hmac('no', `${ID}|1`), { expires: '1' }, 'wrong'],
    ['a time that is none', hmac('new', `${ID}|1e12`), { expires: '1e12' }, 'wrong'],
    ['no hex', 'z'.repeat(64), {}, 'wrong'],
    ['half of it', 'a'.repeat(32), {}, 'wrong'],
    ['no key at all', hmac('', `${ID}|${at}`), { secrets: [] }, 'wrong'],
  ])('of %s', (_what, sig, given, expected) => {
    expect(judge(sig, given)).toBe(expected);
  });

  test('is good for its own text alone', () => {
    const words = fc.record({
      name: fc.string({ maxLength: 20 }),
      expires: fc.integer({ min: NOW, max: NOW * 2 }).map(String),
      ip: fc.option(fc.string({ maxLength: 10 }), { nil: undefined }),
      user: fc.option(fc.string({ maxLength: 10 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(words, words, (mine, theirs) => {
        const sig = signStream('key', mine);
        const { name, ...rest } = theirs;
        const answer = checkStreamSignature(['key'], [name], { ...rest, sig }, NOW * 1000);
        const text = ({ name: n, expires, ip, user }: typeof mine) =>
          n + (ip === undefined ? '' : `|ip=${ip}`) + (user === undefined ? '' : `|user=${user}`) + expires;
        if (text(mine) !== text(theirs)) expect(answer.kind).toBe('wrong');
        else expect(answer.kind).toBe('valid');
      }),
    );
  });
});

describe('a stream name', () => {
  test.each([
    [`${ID}`, { quality: null, normalised: null, format: null }],
    [`${ID.toUpperCase()}.MP3`, { quality: null, normalised: null, format: 'mp3' }],
    [`${ID}-192k.mp3`, { quality: '192k', normalised: null, format: 'mp3' }],
    [`${ID}-128k.m4a`, { quality: '128k', normalised: null, format: 'aac' }],
    [`${ID}-lossless.flac`, { quality: 'lossless', normalised: null, format: 'flac' }],
    [`${ID}-96k`, { quality: '96k', normalised: null, format: null }],
  ])('%s', (name, expected) => {
    expect(parseStreamName(name)).toEqual({ recordingId: ID, ...expected });
  });
  test.each(['', 'x', `${ID}.exe`, `${ID}-.mp3`, `x${ID}`, `${ID}-192k.mp3.mp3`, 'séance.mp3'])(
    '%j is none',
    (name) => {
      expect(parseStreamName(name)).toBeNull();
      expect(isTraversal(name)).toBe(false);
    },
  );
  test.each([
    '..',
    '.',
    '../x.mp3',
    '..\\x.mp3',
    '/etc/passwd',
    'a/b',
    '%2e%2e%2fx',
    '..%2f..%2fx',
    '%252e%252e%252f',
    '..%5cx',
    `${ID}\0.mp3`,
    `${ID}%00.mp3`,
    'a\r\nb',
    `%25${'25'.repeat(9)}2f`,
  ])('%j leaves the folder', (name) => {
    expect(isTraversal(name)).toBe(true);
  });
});

describe('a quality', () => {
  const there = [
    { format: 'mp3' as const, quality: '192k' },
    { format: 'aac' as const, quality: '128k' },
    { format: 'flac' as const, quality: 'lossless' },
  ];
  const silent = {
    saveData: false,
    downlinkMbps: null as number | null,
    rttMs: null as number | null,
    effectiveType: null as string | null,
    isPhone: false,
  };
  test.each([
    ['high', silent, 'mp3 192k'],
    ['medium', silent, 'mp3 192k'],
    ['LOW', silent, 'aac 128k'],
    ['mobile', silent, 'aac 128k'],
    ['192k', silent, 'mp3 192k'],
    ['192', silent, 'mp3 192k'],
    ['lossless', silent, 'flac lossless'],
    ['320k', silent, null],
    ['constructor', silent, null],
    ['auto', silent, 'mp3 192k'],
    ['auto', { ...silent, saveData: true, downlinkMbps: 10 }, 'aac 128k'],
    ['auto', { ...silent, downlinkMbps: 0.3 }, 'aac 128k'],
    ['auto', { ...silent, downlinkMbps: 5 }, 'mp3 192k'],
    ['auto', { ...silent, downlinkMbps: 5, effectiveType: '3g' }, 'aac 128k'],
    ['auto', { ...silent, downlinkMbps: 5, effectiveType: 'slow-2g' }, 'aac 128k'],
    ['auto', { ...silent, downlinkMbps: 5, effectiveType: '4g' }, 'mp3 192k'],
    ['auto', { ...silent, rttMs: 500 }, 'aac 128k'],
    ['auto', { ...silent, isPhone: true, downlinkMbps: 50 }, 'mp3 192k'],
  ])('%s for %j is %s', (asked, hints, expected) => {
    const chosen = chooseQuality(there, asked, hints, 192);
    expect(chosen && `${chosen.format} ${chosen.quality}`).toBe(expected);
  });
});

test.each([
  ['192.0.2.1', '192.0.2.1', true],
  ['192.0.2.1', '::ffff:192.0.2.1', true],
  ['2001:DB8::1', '2001:db8:0:0:0:0:0:1', true],
  ['2001:db8::1', '2001:db8::2', false],
  ['192.0.2.1', '192.0.2.2', false],
  ['', '', true],
  ['x', 'y', false],
])('addresses %s and %s: %s', (a, b, expected) => {
  expect(sameAddress(a, b)).toBe(expected);
});

describe('a sealed secret', () => {
  const sealer = createSealer('a secret key');
  test('opens under the same key, for the same thing, unharmed; twice the same looks different', () => {
    const sealed = sealer.seal('word', 'one');
    expect(sealer.unseal(sealed, 'one')).toBe('word');
    expect(sealer.unseal(sealed, 'another')).toBeNull();
    expect(createSealer('another key').unseal(sealed, 'one')).toBeNull();
    for (let at = 0; at < sealed.length; at++) {
      const harmed = Buffer.from(sealed);
      harmed[at] = (harmed[at] ?? 0) ^ 1;
      expect(sealer.unseal(harmed, 'one')).toBeNull();
    }
    expect(sealer.unseal(Buffer.alloc(5), 'one')).toBeNull();
    expect(sealer.seal('word', 'one').equals(sealed)).toBe(false);
  });
});
