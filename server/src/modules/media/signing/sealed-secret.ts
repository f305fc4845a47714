import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Keeps short secrets in the database so that only holders of SECRET_KEY can read them. */
export interface Sealer {
  /** `about` says what the secret belongs to; a row copied to another place does not open there. */
  seal(secret: string, about: string): Buffer;
  /** Null when it was sealed under another SECRET_KEY or for something else. */
  unseal(sealed: Buffer, about: string): string | null;
}

/**
 * Seals with a key of its own, derived from SECRET_KEY: SIGNING_KEY would not do, since back ends of one organisation
 * hold that and would read the keys of all others.
 */
export function createSealer(secretKey: string): Sealer {
  const key = createHmac('sha256', secretKey).update('antenne signing keys').digest();
  return {
    seal: (secret, about) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(about));
      const hidden = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), hidden]);
    },
    unseal: (sealed, about) => {
      const nonce = sealed.subarray(0, NONCE_BYTES);
      const tag = sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
      if (tag.length < TAG_BYTES) return null;
      try {
        const decipher = createDecipheriv(CIPHER, key, nonce).setAAD(Buffer.from(about)).setAuthTag(tag);
        const hidden = sealed.subarray(NONCE_BYTES + TAG_BYTES);
        return Buffer.concat([decipher.update(hidden), decipher.final()]).toString('utf8');
      } catch {
        return null;
      }
    },
  };
}
