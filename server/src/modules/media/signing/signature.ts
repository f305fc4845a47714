import { createHmac, timingSafeEqual } from 'node:crypto';

/** Clocks of servers and back ends that sign may differ by this much. */
const TOLERANCE_SECONDS = 60;
const EXPIRES = /^\d{1,12}$/;
const SIGNATURE = /^[0-9a-f]{64}$/i;

/** Lower-case hex HMAC-SHA256 of `recordingId|expires`; `expires` in Unix seconds. */
export function makeSignature(signingKey: string, recordingId: string, expires: number | string): string {
  return createHmac('sha256', signingKey).update(`${recordingId.toLowerCase()}|${expires}`).digest('hex');
}

/** What a signature is worth; `incomplete` when half of it, or all, is missing. */
export type SignatureAnswer = 'valid' | 'incomplete' | 'wrong' | 'late';

/** Checks a signed address in constant time; `late` is told apart only when the signature itself is right. */
export function checkSignature(
  signingKey: string,
  recordingId: string,
  signed: { expires?: string | undefined; sig?: string | undefined },
  nowMs: number,
): SignatureAnswer {
  const { expires, sig } = signed;
  if (expires === undefined || sig === undefined) return 'incomplete';
  if (!EXPIRES.test(expires) || !SIGNATURE.test(sig)) return 'wrong';
  const expected = Buffer.from(makeSignature(signingKey, recordingId, expires), 'hex');
  if (!timingSafeEqual(expected, Buffer.from(sig, 'hex'))) return 'wrong';
  return nowMs / 1000 > Number(expires) + TOLERANCE_SECONDS ? 'late' : 'valid';
}
