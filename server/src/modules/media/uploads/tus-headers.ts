import type { IncomingHttpHeaders } from 'node:http';
import { badUploadHeader, otherTusVersion } from '../errors.ts';

/** The one version of the protocol (https://tus.io/protocols/resumable-upload, 1.0.0). */
export const TUS_VERSION = '1.0.0';
/** What is offered beyond its core. */
export const TUS_EXTENSIONS = 'creation,creation-with-upload,expiration,termination,checksum';
/** The content type of a piece. */
export const PIECE_TYPE = 'application/offset+octet-stream';

const CHECKSUM_ALGORITHMS = ['sha1', 'sha256', 'md5'] as const;
/** Upload-Checksum may name these. */
export const TUS_CHECKSUMS = CHECKSUM_ALGORITHMS.join(',');

/** What the bytes of a piece have to hash to. */
export interface Checksum {
  algorithm: (typeof CHECKSUM_ALGORITHMS)[number];
  /** Base64. */
  digest: string;
}

const WHOLE_NUMBER = /^\d{1,15}$/;

/** Throws 412 unless the request speaks our version. */
export function assertTusVersion(headers: IncomingHttpHeaders): void {
  const version = headers['tus-resumable'];
  if (version === TUS_VERSION) return;
  throw otherTusVersion(
    version === undefined
      ? `The header Tus-Resumable is missing; this server speaks ${TUS_VERSION}.`
      : `This server speaks tus ${TUS_VERSION} only.`,
    { headers: { 'tus-version': TUS_VERSION } },
  );
}

/** How many bytes will come; 400 for what this server does not do. */
export function readUploadLength(headers: IncomingHttpHeaders): number {
  if (headers['upload-concat'] !== undefined) {
    throw badUploadHeader('Uploads are not put together here; send the file as one upload.');
  }
  if (headers['upload-defer-length'] !== undefined) {
    throw badUploadHeader('Say how long the file is from the start, in Upload-Length.');
  }
  return numberIn(headers, 'upload-length');
}

/** Where a piece begins. */
export function readUploadOffset(headers: IncomingHttpHeaders): number {
  return numberIn(headers, 'upload-offset');
}

function numberIn(headers: IncomingHttpHeaders, name: string): number {
  const value = headers[name];
  if (typeof value === 'string' && WHOLE_NUMBER.test(value)) return Number(value);
  throw badUploadHeader(`The header ${name} has to be a whole number of bytes.`);
}

/** Null when the request has none; 400 for an algorithm that is not offered. */
export function readChecksum(headers: IncomingHttpHeaders): Checksum | null {
  const value = headers['upload-checksum'];
  if (value === undefined) return null;
  const [name = '', digest = '', ...more] = String(value).split(' ');
  const algorithm = CHECKSUM_ALGORITHMS.find((known) => known === name);
  if (algorithm && more.length === 0 && isBase64(digest)) return { algorithm, digest };
  throw badUploadHeader(`Upload-Checksum is one of ${TUS_CHECKSUMS}, a space, and the sum in base64.`);
}

/** Null when the length is not said, as with a body in chunks. */
export function readContentLength(headers: IncomingHttpHeaders): number | null {
  const value = headers['content-length'];
  return value !== undefined && WHOLE_NUMBER.test(value) ? Number(value) : null;
}

/** Standard base64 with its padding (RFC 4648 §4). */
export function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}
