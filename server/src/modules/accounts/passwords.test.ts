import { hash as argon2 } from '@node-rs/argon2';
import { hash as bcrypt } from 'bcryptjs';
import { describe, expect, it, vi } from 'vitest';
import type { Bounded } from './bounded.ts';
import { createPasswords, isOutdatedHash } from './passwords.ts';

const unbounded: Bounded = (work) => work();
const passwords = createPasswords(unbounded);

describe('a hash', () => {
  it('is argon2id with the parameters of today, salted', async () => {
    const [one, two] = await Promise.all([
      passwords.hash('le chat dort ici'),
      passwords.hash('le chat dort ici'),
    ]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(two);
    expect(isOutdatedHash(one)).toBe(false);
  });

  it('verifies its password and no other', async () => {
    const stored = await passwords.hash('le chat dort ici');
    expect(await passwords.verify(stored, 'le chat dort ici')).toBe(true);
    expect(await passwords.verify(stored, 'le chat dort icI')).toBe(false);
    expect(await passwords.verify(stored, '')).toBe(false);
  });

  it('is the same for a password typed composed or decomposed', async () => {
    const stored = await passwords.hash('été à la mer');
    expect(await passwords.verify(stored, 'e\u0301te\u0301 a\u0300 la mer')).toBe(true);
  });

  it('of a weaker kind is outdated', async () => {
    const weak = await argon2('le chat dort ici', { memoryCost: 4_096, timeCost: 2, parallelism: 1 });
    expect(isOutdatedHash(weak)).toBe(true);
    expect(await passwords.verify(weak, 'le chat dort ici')).toBe(true);
    expect(isOutdatedHash(await bcrypt('x', 4))).toBe(true);
  });
});

describe('an imported bcrypt hash', () => {
  it.each(['$2a$', '$2b$', '$2y$'])('verifies with the prefix %s', async (prefix) => {
    const stored = (await bcrypt('court', 4)).replace(/^\$2[aby]\$/, prefix);
    expect(await passwords.verify(stored, 'court')).toBe(true);
    expect(await passwords.verify(stored, 'Court')).toBe(false);
  });

  it('verifies a password that was hashed as typed', async () => {
    const decomposed = 'e\u0301te\u0301';
    expect(await passwords.verify(await bcrypt(decomposed, 4), decomposed)).toBe(true);
    expect(await passwords.verify(await bcrypt('été', 4), decomposed)).toBe(true);
  });
});

describe('what is no hash', () => {
  it.each(['', '!', 'plain text', '$2b$99$tooexpensive', '$1$md5$abc'])(
    '%j verifies nothing',
    async (stored) => {
      expect(await passwords.verify(stored, stored)).toBe(false);
    },
  );
});

describe('an account that does not exist', () => {
  it('costs the same check, and never passes', async () => {
    let checks = 0;
    const counted = createPasswords((work) => {
      checks += 1;
      return work();
    });
    await counted.verify(null, 'anything');
    checks = 0;
    expect(await counted.verify(null, 'anything')).toBe(false);
    expect(checks).toBe(1);
  });

  it('does not open to the password of the hash that stands in', async () => {
    const decoy = '11111111-2222-4333-8444-555555555555';
    const random = vi.spyOn(crypto, 'randomUUID').mockReturnValue(decoy);
    expect(await createPasswords(unbounded).verify(null, decoy)).toBe(false);
    expect(random).toHaveBeenCalledOnce();
    random.mockRestore();
  });
});
