import { createHash, createHmac, randomBytes } from 'node:crypto';

const TOKEN_BYTES = 32;

/** A secret for one bearer, 256 random bits as base64url text. */
export function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

/** What is kept of a token. It is random, so a plain hash can't be searched; looking it up compares no secret. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/**
 * The refresh token that follows `token`: the same each time, so that a lost reply can be repeated though
 * only hashes are kept. Needs the plain token and the key; a thief of the database has neither.
 */
export function successorOf(token: string, key: Buffer): string {
  return createHmac('sha256', key).update(token).digest('base64url');
}
