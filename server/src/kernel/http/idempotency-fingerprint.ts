import { createHmac, type Hmac } from 'node:crypto';
import { type Readable, Transform } from 'node:stream';

/** Tells whether two requests are the same one. */
export interface Fingerprint {
  /** Method, address, content type and, but for forms, the bytes of the body. */
  hash: Buffer;
  /** Length of a multipart form, whose bytes go straight to the disk; null for anything else. */
  formBytes: number | null;
  boundaryChars: number | null;
}

/** A form has at most twenty fields and a file; its boundary stands before each of them and at the end. */
const MOST_BOUNDARIES = 22;
const BOUNDARY = /boundary=(?:"([^"]*)"|([^;\s]*))/i;

/** What of a request's head goes into its fingerprint. */
export interface RequestHead {
  method: string;
  /** Path and query as the routes see them: `/api/v1/x/` and `/api/x` are one address. */
  url: string;
  contentType: string | undefined;
  contentLength: string | undefined;
}

/** Hashes a request as it is read. `key` is secret: a body may hold a password, and hashes can be guessed at. */
export function beginFingerprint(key: Buffer, head: RequestHead): Hmac {
  const [path = '', query] = head.url.split(/\?(.*)/s, 2);
  const address = `${path.replace(/\/+$/, '')}?${query ?? ''}`;
  return createHmac('sha256', key).update(`${head.method} ${address}\n${mediaType(head.contentType)}\n`);
}

/** The stream of the body, hashed as it passes. */
export function hashPassing(body: Readable, hash: Hmac): Readable {
  const passing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  body.once('error', (error) => passing.destroy(error));
  return body.pipe(passing);
}

/** The finished fingerprint, once the body has been read (or, for a form, before it is). */
export function endFingerprint(hash: Hmac, head: RequestHead): Fingerprint {
  const digest = hash.digest();
  if (!isForm(head.contentType)) return { hash: digest, formBytes: null, boundaryChars: null };
  const [, quoted, plain] = BOUNDARY.exec(head.contentType ?? '') ?? [];
  return { hash: digest, formBytes: lengthOf(head), boundaryChars: (quoted ?? plain ?? '').length };
}

const STREAMED = new Set(['multipart/form-data', 'application/offset+octet-stream']);

/** Bodies that their handlers write straight to the disk: forms, and pieces of uploads, which count as forms here. */
export const isForm = (contentType: string | undefined): boolean => STREAMED.has(mediaType(contentType));

/**
 * Browsers invent a boundary for each try, and Firefox's are not all of one length: the same form may be longer
 * by a whole number of that difference.
 */
export function isSameRequest(one: Fingerprint, other: Fingerprint): boolean {
  if (!one.hash.equals(other.hash)) return false;
  // A form sent in chunks does not say how long it is.
  if (one.formBytes === null || other.formBytes === null) return one.formBytes === other.formBytes;
  const moreBytes = one.formBytes - other.formBytes;
  const moreChars = (one.boundaryChars ?? 0) - (other.boundaryChars ?? 0);
  if (moreChars === 0) return moreBytes === 0;
  const boundaries = moreBytes / moreChars;
  return Number.isInteger(boundaries) && boundaries >= 2 && boundaries <= MOST_BOUNDARIES;
}

function mediaType(contentType: string | undefined): string {
  return (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function lengthOf({ contentLength }: RequestHead): number | null {
  const length = Number(contentLength ?? Number.NaN);
  return Number.isSafeInteger(length) ? length : null;
}
