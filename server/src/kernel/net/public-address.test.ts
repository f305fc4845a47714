import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, test } from 'vitest';
import { createAddressGuard } from './address-guard.ts';
import { AddressRefused } from './errors.ts';
import { isPublicAddress } from './public-address.ts';

test.each([
  '1.1.1.1',
  '8.8.8.8',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '192.167.255.255',
  '223.255.255.255',
  '2606:4700:4700::1111',
  '2a00:1450::1',
  '2001:4860:4860::8888',
])('%s is public', (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

test.each([
  '0.0.0.0',
  '0.1.2.3',
  '10.0.0.1',
  '100.64.0.1',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.8',
  '192.0.2.1',
  '192.88.99.1',
  '192.168.1.1',
  '198.18.0.1',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '239.255.255.255',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::127.0.0.1',
  '::8.8.8.8',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '::ffff:7f00:1',
  '::ffff:0:127.0.0.1',
  '64:ff9b::127.0.0.1',
  '64:ff9b::8.8.8.8',
  '64:ff9b:1::1',
  '100::1',
  '2001::1',
  '2001:0:7f00:1::',
  '2001:10::1',
  '2001:20::1',
  '2001:db8::1',
  '2002:7f00:1::',
  '2002:808:808::1',
  '3fff::1',
  '4000::1',
  '5f00::1',
  'fc00::1',
  'fd12:3456::1',
  'fe80::1',
  'fe80::1%eth0',
  '2606:4700:4700::1111%eth0',
  'fec0::1',
  'ff02::1',
  'localhost',
  '',
  '1',
  '1.2.3',
  '01.02.03.04',
  '1.1.1.1 ',
])('%j is not', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

describe('against another implementation', () => {
  const specials = fc.constantFrom(0, 10, 100, 127, 169, 172, 192, 198, 203, 224, 240, 255);
  const byte = fc.oneof(fc.nat(255), specials);
  const ipv4 = fc.tuple(byte, byte, byte, byte).map((bytes) => bytes.join('.'));
  const group = fc.oneof(fc.nat(0xffff), fc.constantFrom(0, 0xffff, 0x7f00, 1, 0xc0a8));
  const head = fc.oneof(
    group,
    fc.constantFrom(0x2001, 0x2002, 0x64, 0xfe80, 0xfc00, 0xff02, 0x2620, 0x3fff, 0x2a00),
  );
  const ipv6 = fc
    .tuple(head, group, group, group, group, group, group, group)
    .map((groups) => groups.map((g) => g.toString(16)).join(':'));

  test('nothing that ipaddr.js calls special is public here', () => {
    fc.assert(
      fc.property(fc.oneof(ipv4, ipv6), (address) => {
        if (isPublicAddress(address)) expect(ipaddr.parse(address).range()).toBe('unicast');
      }),
      { numRuns: 20_000 },
    );
  });

  test('an IPv4 address that ipaddr.js calls unicast is public here', () => {
    fc.assert(
      fc.property(ipv4, (address) => {
        const known = ipaddr.parse(address).range() === 'unicast';
        // Two blocks that IANA lists and ipaddr.js does not.
        const isStricter = /^(192\.0\.0|192\.31\.196|192\.88\.99)\./.test(address);
        if (known && !isStricter) expect(isPublicAddress(address)).toBe(true);
      }),
      { numRuns: 20_000 },
    );
  });

  test('a private IPv4 address stays private in every IPv6 disguise', () => {
    const hex = (address: string) => {
      const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
      return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
    };
    fc.assert(
      fc.property(ipv4, (address) => {
        const disguises = [
          `::${address}`,
          `::ffff:${address}`,
          `::ffff:0:${address}`,
          `64:ff9b::${address}`,
          `64:ff9b:1::${address}`,
          `2002:${hex(address)}::1`,
          `2001:0:${hex(address)}::1`,
        ];
        for (const disguise of disguises) expect(isPublicAddress(disguise)).toBe(false);
      }),
    );
  });

  test('every spelling that the URL parser takes for a private address is refused', () => {
    const guard = createAddressGuard([]);
    const privateIpv4 = ipv4.filter((address) => !isPublicAddress(address));
    fc.assert(
      fc.property(privateIpv4, (address) => {
        const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
        const number = ((a * 256 + b) * 256 + c) * 256 + d;
        const spellings = [
          address,
          `${address}.`,
          String(number),
          `0x${number.toString(16)}`,
          `0${number.toString(8)}`,
          `${a}.${number % 2 ** 24}`,
          [a, b, c, d].map((n) => `0${n.toString(8)}`).join('.'),
          [a, b, c, d].map((n) => `0x${n.toString(16)}`).join('.'),
          [...address].map((char) => `%${char.charCodeAt(0).toString(16)}`).join(''),
          address.replaceAll('.', '。'),
          `[::ffff:${address}]`,
          `user:pass@${address}`,
        ];
        for (const host of spellings) {
          expect(() => guard.check(`http://${host}/x`)).toThrow(AddressRefused);
        }
      }),
    );
  });
});
