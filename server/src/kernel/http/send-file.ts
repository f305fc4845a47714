import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { FilePlace } from '../storage/storage.ts';
import { contentDisposition } from './disposition.ts';
import { formatHttpDate } from './http-date.ts';
import { checkIfRange, checkPreconditions } from './preconditions.ts';
import { type ByteRange, contentRange, parseRange } from './ranges.ts';

/** A whole file, which keeps its bytes as long as it keeps its `etag`. */
export interface FileToSend {
  path: FilePlace;
  sizeBytes: number;
  modifiedAt: Date;
  /** Strong, quotes included: `"abc"`. */
  etag: string;
  mimeType: string;
}

/** A file, what the request asks of it, and how it is to be described. */
export interface SendFileRequest {
  /** GET or HEAD; anything else is answered as GET would be without its Range. */
  method: string;
  headers: IncomingHttpHeaders;
  file: FileToSend;
  disposition?: { type: 'inline' | 'attachment'; filename?: string };
  cacheControl?: string;
  /** Where nginx finds the file (see `accelUri`); nginx then answers conditions and ranges itself. */
  accelUri?: string;
  /** Milliseconds since the epoch; for tests. */
  nowMs?: number;
}

/** A stretch of the body: literal bytes, or bytes `start` to `end` (included) of the file. */
export type BodyPart = { kind: 'literal'; bytes: Buffer } | ({ kind: 'file' } & ByteRange);

/** What to answer; nothing is opened yet. `body` null means that no byte may be sent. */
export interface SendFileReply {
  status: 200 | 206 | 304 | 412 | 416;
  headers: Record<string, string>;
  body: { file: FileToSend; parts: BodyPart[] } | null;
}

/** Decides status, headers and bytes for a file (RFC 9110 §13, §14, §15.3.7); pure but for a random boundary. */
export function sendFile(request: SendFileRequest): SendFileReply {
  const { method, headers, file } = request;
  // nginx makes its own ETag and checks conditions against that one: ours would refuse what nginx gave out.
  if (request.accelUri !== undefined) return handOver(request, request.accelUri);
  const answer = checkPreconditions(method, headers, file);
  if (answer === 'failed') return { status: 412, headers: validators(request), body: null };
  if (answer === 'not-modified') return { status: 304, headers: validators(request), body: null };
  const range = method === 'GET' ? applicableRange(request) : { kind: 'ignore' as const };
  if (range.kind === 'unsatisfiable') return unsatisfiable(request);
  if (range.kind === 'ignore') return whole(request);
  const [first, ...others] = range.ranges;
  return others.length === 0 ? single(request, first) : multiple(request, range.ranges);
}

/** The internal address of a file below an nginx `internal` location, each name percent-encoded. */
export function accelUri(prefix: string, relativePath: string): string {
  return prefix.replace(/\/*$/, '/') + relativePath.split('/').map(encodeURIComponent).join('/');
}

/** A Range counts for GET alone (§14.2) and only when If-Range, if any, holds (§13.2.2, step 5). */
function applicableRange({ headers, file, nowMs = Date.now() }: SendFileRequest) {
  if (headers.range === undefined) return { kind: 'ignore' as const };
  const ifRange = headers['if-range'];
  if (!checkIfRange(Array.isArray(ifRange) ? ifRange[0] : ifRange, file, nowMs))
    return { kind: 'ignore' as const };
  return parseRange(headers.range, file.sizeBytes);
}

function handOver(request: SendFileRequest, uri: string): SendFileReply {
  const headers = { ...common(request), 'content-type': request.file.mimeType, 'x-accel-redirect': uri };
  return { status: 200, headers, body: null };
}

function whole(request: SendFileRequest): SendFileReply {
  const { sizeBytes, mimeType } = request.file;
  const headers = { ...described(request), 'content-type': mimeType, 'content-length': String(sizeBytes) };
  const parts: BodyPart[] = sizeBytes === 0 ? [] : [{ kind: 'file', start: 0, end: sizeBytes - 1 }];
  return { status: 200, headers, body: request.method === 'HEAD' ? null : { file: request.file, parts } };
}

function single(request: SendFileRequest, range: ByteRange): SendFileReply {
  const { file } = request;
  const headers = {
    ...described(request),
    'content-type': file.mimeType,
    'content-range': contentRange(range, file.sizeBytes),
    'content-length': String(range.end - range.start + 1),
  };
  return { status: 206, headers, body: { file, parts: [{ kind: 'file', ...range }] } };
}

/** §14.6: each part with its own type and Content-Range, none in the outer headers. */
function multiple(request: SendFileRequest, ranges: ByteRange[]): SendFileReply {
  const { file } = request;
  const boundary = randomBytes(18).toString('hex');
  const parts: BodyPart[] = ranges.flatMap((range, index): BodyPart[] => {
    const opening = `${index === 0 ? '' : '\r\n'}--${boundary}\r\n`;
    const fields = `Content-Type: ${file.mimeType}\r\nContent-Range: ${contentRange(range, file.sizeBytes)}\r\n\r\n`;
    return [
      { kind: 'literal', bytes: Buffer.from(opening + fields, 'latin1') },
      { kind: 'file', ...range },
    ];
  });
  parts.push({ kind: 'literal', bytes: Buffer.from(`\r\n--${boundary}--\r\n`, 'latin1') });
  const length = parts.reduce((sum, part) => sum + partLength(part), 0);
  const headers = {
    ...described(request),
    'content-type': `multipart/byteranges; boundary=${boundary}`,
    'content-length': String(length),
  };
  return { status: 206, headers, body: { file, parts } };
}

/** §15.5.17. No validators: an error must not be stored as if it were the file. */
function unsatisfiable({ file }: SendFileRequest): SendFileReply {
  const headers = { 'accept-ranges': 'bytes', 'content-range': contentRange(null, file.sizeBytes) };
  return { status: 416, headers, body: null };
}

/** How many bytes a part puts on the wire. */
export function partLength(part: BodyPart): number {
  return part.kind === 'literal' ? part.bytes.length : part.end - part.start + 1;
}

function common({ disposition, cacheControl }: SendFileRequest): Record<string, string> {
  return {
    ...(cacheControl === undefined ? {} : { 'cache-control': cacheControl }),
    ...(disposition
      ? { 'content-disposition': contentDisposition(disposition.type, disposition.filename) }
      : {}),
  };
}

function described(request: SendFileRequest): Record<string, string> {
  return { ...common(request), ...validators(request), 'accept-ranges': 'bytes' };
}

function validators({ file, cacheControl }: SendFileRequest): Record<string, string> {
  return {
    ...(cacheControl === undefined ? {} : { 'cache-control': cacheControl }),
    etag: file.etag,
    'last-modified': formatHttpDate(file.modifiedAt),
  };
}
