import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ADDRESS_RULE, createSubjects, lockAfter, NAME_RULE } from './lock-out.ts';

describe('lockAfter', () => {
  it('lets a few go, then doubles up to a ceiling', () => {
    const seconds = (failures: number) => lockAfter(failures, NAME_RULE) / 1000;
    expect([1, 4, 5, 6, 7, 8, 9, 10, 11, 500].map(seconds)).toEqual([
      0, 0, 30, 60, 120, 240, 480, 900, 900, 900,
    ]);
    expect(lockAfter(19, ADDRESS_RULE)).toBe(0);
    expect(lockAfter(20, ADDRESS_RULE)).toBe(60_000);
  });

  it('never shrinks as failures grow', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31), fc.nat(1_000), (failures, more) => {
        const before = lockAfter(failures, NAME_RULE);
        const after = lockAfter(failures + more, NAME_RULE);
        return after >= before && Number.isFinite(after);
      }),
    );
  });
});

describe('a subject', () => {
  const subjects = createSubjects(Buffer.from('key'));

  it('does not show what was typed', () => {
    expect(subjects.name('hunter2').key).not.toContain('hunter2');
    expect(subjects.name('x'.repeat(10_000)).key.length).toBeLessThanOrEqual(100);
  });

  it('is another one under another key', () => {
    expect(subjects.name('ada').key).not.toBe(createSubjects(Buffer.from('other')).name('ada').key);
    expect(subjects.name('ada').key).not.toBe(subjects.person('ada').key);
  });

  it('is one for a whole IPv6 network of a customer', () => {
    expect(subjects.address('2001:db8:1:2::1').key).toBe(subjects.address('2001:db8:1:2:ffff::9').key);
    expect(subjects.address('2001:db8:1:2::1').key).not.toBe(subjects.address('2001:db8:1:3::1').key);
  });
});
