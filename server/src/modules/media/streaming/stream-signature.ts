import { createHmac, timingSafeEqual } from 'node:crypto';

/** Clocks of back ends and ours may differ by this much. */
const TOLERANCE_SECONDS = 60;
const EXPIRES = /^\d{1,12}$/;
const SIGNATURE = /^[0-9a-f]{64}$/i;

/** What a signature covers, all as text. */
export interface Signable {
  /** The file's name, percent-decoded. */
  name: string;
  /** Unix seconds. */
  expires: string;
  /** Address of the only client that may use it. */
  ip?: string | undefined;
  /** Whom the address was given to, in the words of who signed. */
  user?: string | undefined;
}

/** `name|expires`, then `|ip=…` and `|user=…` where bound; older back ends write `name:expires`. */
export function textToSign({ name, expires, ip, user }: Signable, separator: '|' | ':' = '|'): string {
  const bound = (ip === undefined ? '' : `|ip=${ip}`) + (user === undefined ? '' : `|user=${user}`);
  return `${name}${separator}${expires}${bound}`;
}

/** Lower-case hex HMAC-SHA256; the secret is used as the text it is. */
export function signStream(secret: string, signable: Signable, separator: '|' | ':' = '|'): string {
  return createHmac('sha256', secret).update(textToSign(signable, separator)).digest('hex');
}

/** Which of the secrets made the signature over one of the names: its position, or why none did. */
export type StreamAnswer = { kind: 'valid'; secret: number } | { kind: 'wrong' | 'late' };

/** Takes the same time whatever matches; `late` is told apart only when the signature itself is right. */
export function checkStreamSignature(
  secrets: readonly string[],
  names: readonly string[],
  { sig, ...signable }: Omit<Signable, 'name'> & { sig: string },
  nowMs: number,
): StreamAnswer {
  if (!EXPIRES.test(signable.expires) || !SIGNATURE.test(sig)) return { kind: 'wrong' };
  const given = Buffer.from(sig, 'hex');
  let found = -1;
  for (const [index, secret] of secrets.entries()) {
    for (const name of names) {
      for (const separator of ['|', ':'] as const) {
        const expected = Buffer.from(signStream(secret, { name, ...signable }, separator), 'hex');
        if (timingSafeEqual(expected, given)) found = index;
      }
    }
  }
  if (found === -1) return { kind: 'wrong' };
  return nowMs / 1000 > Number(signable.expires) + TOLERANCE_SECONDS
    ? { kind: 'late' }
    : { kind: 'valid', secret: found };
}
