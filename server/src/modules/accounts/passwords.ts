import { hash as argon2, parseOptions, verify as verifyArgon2 } from '@node-rs/argon2';
import { compare as verifyBcrypt } from 'bcryptjs';
import type { Bounded } from './bounded.ts';
import { normalisePassword } from './password-policy.ts';

/** OWASP Password Storage Cheat Sheet: argon2id, 19 MiB, two passes, one lane. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 };
const ARGON2ID = 2;
const BCRYPT = /^\$2[aby]\$(0[4-9]|1[0-6])\$[./A-Za-z0-9]{53}$/;

/** Hashes and checks passwords; every call waits its turn, since each holds 19 MiB and a core. */
export interface Passwords {
  hash(password: string): Promise<string>;
  /**
   * `stored` null means that there is no such account: a hash that nobody's password has is checked instead,
   * so that the answer takes as long as for an account that exists.
   */
  verify(stored: string | null, password: string): Promise<boolean>;
}

/** `inTurn` bounds how many run at once. */
export function createPasswords(inTurn: Bounded): Passwords {
  const hash = (password: string) => inTurn(() => argon2(normalisePassword(password), PARAMETERS));
  let decoy: Promise<string> | undefined;
  return {
    hash,
    verify: async (stored, password) => {
      decoy ??= hash(crypto.randomUUID());
      const subject = stored ?? (await decoy);
      const matches = await inTurn(() => verifyHash(subject, password));
      return matches && stored !== null;
    },
  };
}

/** True when a hash is not what {@link createPasswords} would make today, and is to be replaced at sign-in. */
export function isOutdatedHash(stored: string): boolean {
  if (!stored.startsWith('$argon2id$')) return true;
  const made = parseOptions(stored);
  return (
    made.algorithm !== ARGON2ID ||
    made.memoryCost !== PARAMETERS.memoryCost ||
    made.timeCost !== PARAMETERS.timeCost ||
    made.parallelism !== PARAMETERS.parallelism ||
    made.outputLen !== PARAMETERS.outputLen
  );
}

/** A hash of an unknown kind verifies nothing: it is how an account without a password is written. */
async function verifyHash(stored: string, password: string): Promise<boolean> {
  if (stored.startsWith('$argon2')) return verifyArgon2(stored, normalisePassword(password));
  if (BCRYPT.test(stored)) return verifyImported(stored, password);
  return false;
}

/** Where a bcrypt hash comes from, passwords may have been hashed as typed. */
async function verifyImported(stored: string, password: string): Promise<boolean> {
  if (await verifyBcrypt(password, stored)) return true;
  const normalised = normalisePassword(password);
  return normalised !== password && verifyBcrypt(normalised, stored);
}
