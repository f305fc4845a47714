import { describe, expect, test } from 'vitest';
import { createAddressGuard } from './address-guard.ts';
import { AddressRefused } from './errors.ts';

const reasonOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return error instanceof AddressRefused ? error.reason : String(error);
  }
  return 'taken';
};

describe('check', () => {
  const guard = createAddressGuard([
    'media.lan',
    '192.168.1.9',
    '10.0.0.5:8080',
    '[fd00::1]:81',
    'fd00::2',
    'web.lan:80',
  ]);

  test.each<[string, string]>([
    ['https://example.org/a.mp3', 'taken'],
    ['HTTP://EXAMPLE.ORG', 'taken'],
    ['ftp://example.org/', 'scheme'],
    ['file:///etc/passwd', 'scheme'],
    ['data:audio/mpeg;base64,AAAA', 'scheme'],
    ['javascript:alert(1)', 'scheme'],
    ['gopher://example.org/', 'scheme'],
    ['//example.org/', 'invalid'],
    ['', 'invalid'],
    ['http://', 'invalid'],
    ['http://1.2.3.4.5.6.7.8.300/', 'invalid'],
    ['http://127.0.0.1/', 'private'],
    ['http://[::1]/', 'private'],
    ['http://192.168.1.9/', 'taken'],
    ['http://192.168.1.9:9999/', 'taken'],
    ['http://3232235785/', 'taken'],
    ['http://192.168.1.10/', 'private'],
    ['http://10.0.0.5:8080/', 'taken'],
    ['http://10.0.0.5/', 'private'],
    ['https://10.0.0.5:8081/', 'private'],
    ['http://[fd00::1]:81/', 'taken'],
    ['http://[fd00::1]/', 'private'],
    ['http://[fd00:0::2]/', 'taken'],
  ])('%s → %s', (address, outcome) => {
    expect(reasonOf(() => guard.check(address))).toBe(outcome);
  });

  test('resolves against a base and drops the fragment', () => {
    const base = new URL('https://example.org/a/b');
    expect(guard.check('../c#part', base).href).toBe('https://example.org/c');
  });

  test.each(['not a host', '10.0.0.0/33', '10.0.0.0/', 'media.lan/8', 'fd00::/129'])(
    'the wrong entry %s is a plain error at start',
    (entry) => {
      expect(() => createAddressGuard([entry])).toThrow(`Not a host: ${entry}`);
    },
  );

  test('a range allows its addresses and nothing beside it', async () => {
    const guard = createAddressGuard(['10.1.0.0/16', '127.0.0.0/8', '::1/128']);
    expect(reasonOf(() => guard.check('http://10.1.255.1/'))).toBe('taken');
    expect(reasonOf(() => guard.check('http://10.2.0.0/'))).toBe('private');
    expect(reasonOf(() => guard.check('http://[::ffff:10.2.0.0]/'))).toBe('private');
    await expect(guard.resolve('localhost', '80', 'http:')).resolves.not.toHaveLength(0);
  });
});

describe('resolve', () => {
  test('a name that leads to loopback is refused unless the name itself is allowed', async () => {
    const strict = createAddressGuard(['127.0.0.1', '::1']);
    await expect(strict.resolve('localhost', '80', 'http:')).rejects.toMatchObject({ reason: 'private' });
    const open = createAddressGuard(['localhost']);
    expect((await open.resolve('localhost', '80', 'http:')).map(({ address }) => address)).toContain(
      '127.0.0.1',
    );
  });

  test('a port in the list counts for that port alone, the default one included', async () => {
    const guard = createAddressGuard(['localhost:80']);
    await expect(guard.resolve('localhost', '', 'http:')).resolves.not.toHaveLength(0);
    await expect(guard.resolve('localhost', '', 'https:')).rejects.toBeInstanceOf(AddressRefused);
    await expect(guard.resolve('localhost', '81', 'http:')).rejects.toBeInstanceOf(AddressRefused);
  });

  test('literals need no look-up', async () => {
    const guard = createAddressGuard([]);
    expect(await guard.resolve('8.8.8.8', '80', 'http:')).toEqual([{ address: '8.8.8.8', family: 4 }]);
    await expect(guard.resolve('[::1]', '80', 'http:')).rejects.toBeInstanceOf(AddressRefused);
  });
});
