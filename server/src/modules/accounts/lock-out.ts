import { createHmac } from 'node:crypto';
import { clientNetwork } from '../../kernel/net/client-network.ts';

const MINUTE_MS = 60_000;

/** How long a subject is locked out after so many failures: doubles each time, up to a ceiling. */
export interface LockOutRule {
  /** Failures that cost nothing but the time of trying. */
  free: number;
  firstLockMs: number;
  longestLockMs: number;
}

/** For the name that was typed, whether or not somebody has it. */
export const NAME_RULE: LockOutRule = { free: 4, firstLockMs: 30_000, longestLockMs: 15 * MINUTE_MS };
/** For an address: a whole newsroom may sit behind one. */
export const ADDRESS_RULE: LockOutRule = { free: 19, firstLockMs: MINUTE_MS, longestLockMs: 60 * MINUTE_MS };

/** Failures are forgotten this long after the last one. */
export const FORGET_AFTER_MS = 24 * 60 * MINUTE_MS;

/** The length of the lock that the n-th failure in a row brings; 0 for none. */
export function lockAfter(failures: number, rule: LockOutRule): number {
  const beyond = failures - rule.free - 1;
  if (beyond < 0) return 0;
  return Math.min(rule.firstLockMs * 2 ** Math.min(beyond, 30), rule.longestLockMs);
}

/** Something whose failures are counted, under a key that doesn't say what was typed: it may be a password. */
export interface LockOutSubject {
  key: string;
  rule: LockOutRule;
}

/** Names the subjects of a sign-in; keyed, so that the table can't be searched for known names. */
export function createSubjects(secret: Buffer) {
  const digest = (text: string) => createHmac('sha256', secret).update(text).digest('base64url');
  return {
    name: (key: string): LockOutSubject => ({ key: `name:${digest(key)}`, rule: NAME_RULE }),
    address: (ip: string): LockOutSubject => ({ key: `ip:${digest(clientNetwork(ip))}`, rule: ADDRESS_RULE }),
    /** Someone signed in who is asked for the password again. */
    person: (personId: string): LockOutSubject => ({ key: `person:${digest(personId)}`, rule: NAME_RULE }),
  };
}
/** Names what failures are counted against. */
export type Subjects = ReturnType<typeof createSubjects>;
