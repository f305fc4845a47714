import { basename } from 'node:path/posix';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'content-disposition';
import type { Draft, Storage } from '../storage/storage.ts';
import { FetchFailed, tooLarge } from './errors.ts';
import type { FetchedReply, GuardedFetch } from './guarded-fetch.ts';
import { decodeLoosely } from './percent.ts';

/** An address, where its bytes go, and how much patience it deserves. */
export interface DownloadRequest {
  fetch: GuardedFetch;
  storage: Storage;
  address: string;
  maxBytes?: number;
  /** Ends everything; the caller's deadline belongs in it. */
  signal?: AbortSignal;
  /** `totalBytes` is null when the host does not say. Called for every chunk: throttle where it is shown. */
  onProgress?: (receivedBytes: number, totalBytes: number | null) => void;
  /** Failures in a row without a new byte before giving up; default 5. */
  maxAttempts?: number;
  /** Wait after the first failure, doubled each time; default 500 ms. */
  retryDelayMs?: number;
  /** Looks at a reply before its bytes are taken; what it throws ends everything. */
  onReply?: (reply: FetchedReply) => void | Promise<void>;
  /**
   * Told the first bytes (`headBytes`, or all of a smaller file) as soon as they are there, and answers how many the
   * whole may have: a page of text deserves less than a film.
   */
  limitFor?: (head: Buffer) => number;
}

/** How much of a file `limitFor` is shown. */
export const headBytes = 4096;

/** A fetched file and what the host said of it. */
export interface Download {
  /** Whole, not committed: the caller looks at it first, then commits or abandons. */
  draft: Draft;
  finalUrl: string;
  /** As the host says; never to be trusted. */
  contentType: string | null;
  /** Of a text, as the host says. */
  charset: string | null;
  /** From Content-Disposition or the address, without folders; null when neither names one. */
  suggestedName: string | null;
}

/** However generous the host's hiccups: more attempts than this in all is not progress. */
const mostAttempts = 50;
const retriedStatuses = new Set([408, 425, 429, 500, 502, 503, 504]);

/** What must stay the same for bytes of two replies to belong together. */
interface Version {
  validator: string | null;
  totalBytes: number | null;
}

/**
 * Fetches into a draft and, where the connection drops, goes on with Range and If-Range (RFC 9110 §13.1.5)
 * instead of starting again. Throws AddressRefused, FetchFailed, StorageFullError or the signal's reason,
 * and leaves nothing behind then.
 */
export async function download(request: DownloadRequest): Promise<Download> {
  const { storage, signal, maxAttempts = 5, retryDelayMs = 500 } = request;
  const draft = await storage.create({ signal });
  const limit = new ByteLimit(request);
  let version: Version = { validator: null, totalBytes: null };
  let fruitless = 0;
  try {
    for (let attempt = 1; ; attempt++) {
      const before = draft.bytesWritten;
      try {
        const reply = await ask(request, draft, version);
        version = await alignDraft(reply, draft, version);
        await receive(reply, draft, version, request, limit);
        return describe(reply, draft);
      } catch (error) {
        signal?.throwIfAborted();
        fruitless = draft.bytesWritten > before ? 1 : fruitless + 1;
        if (
          !isWorthRetrying(error, draft.bytesWritten > 0) ||
          fruitless >= maxAttempts ||
          attempt === mostAttempts
        )
          throw error;
        await sleep(retryDelayMs * 2 ** (fruitless - 1), undefined, { signal });
      }
    }
  } catch (error) {
    await draft.abandon();
    throw signal?.aborted ? signal.reason : error;
  }
}

async function ask(
  { fetch, address, maxBytes, signal }: DownloadRequest,
  draft: Draft,
  { validator }: Version,
) {
  const canResume = draft.bytesWritten > 0 && validator !== null;
  if (!canResume) await draft.restart();
  const headers = canResume ? { range: `bytes=${draft.bytesWritten}-`, 'if-range': validator } : undefined;
  // The whole limit each time: a host may begin again where it was asked to go on.
  const reply = await fetch(address, { headers, signal, maxBytes });
  if (reply.status === 200 || reply.status === 206 || (reply.status === 416 && canResume)) return reply;
  reply.body.destroy();
  throw new FetchFailed('status', `The host answered with status ${reply.status}`, { status: reply.status });
}

/** Brings draft and reply to the same byte: on with a fitting 206, from zero with anything else. */
async function alignDraft(reply: FetchedReply, draft: Draft, known: Version): Promise<Version> {
  if (reply.status === 200) {
    await draft.restart();
    const length = reply.headers['content-length'];
    return { validator: strongValidator(reply), totalBytes: length === undefined ? null : Number(length) };
  }
  const match = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(reply.headers['content-range'] ?? '');
  const total = match?.[2] === undefined || match[2] === '*' ? known.totalBytes : Number(match[2]);
  const startsHere = reply.status === 206 && Number(match?.[1] ?? -1) === draft.bytesWritten;
  const isSameSize = known.totalBytes === null || total === known.totalBytes;
  const isComplete = reply.status === 416 && total === draft.bytesWritten;
  if ((startsHere || isComplete) && isSameSize) return { ...known, totalBytes: total };
  reply.body.destroy();
  await draft.restart();
  throw new FetchFailed('broken', 'The host resumed at another place than asked');
}

async function receive(
  reply: FetchedReply,
  draft: Draft,
  { totalBytes }: Version,
  { onReply, onProgress }: DownloadRequest,
  limit: ByteLimit,
) {
  if (reply.status === 416) {
    reply.body.destroy();
    return;
  }
  try {
    await onReply?.(reply);
    limit.check(totalBytes ?? 0);
  } catch (error) {
    reply.body.destroy();
    throw error;
  }
  for await (const chunk of reply.body) {
    limit.look(chunk, draft.bytesWritten, totalBytes);
    limit.check(draft.bytesWritten + chunk.length);
    await draft.write(chunk);
    onProgress?.(draft.bytesWritten, totalBytes);
  }
  if (totalBytes !== null && draft.bytesWritten !== totalBytes) {
    throw new FetchFailed('broken', `The host announced ${totalBytes} bytes and sent ${draft.bytesWritten}`);
  }
}

/** The bytes that a file may have, which its beginning may narrow. */
class ByteLimit {
  readonly #limitFor: DownloadRequest['limitFor'];
  #maxBytes: number;
  #head: Buffer = Buffer.alloc(0);

  constructor({ maxBytes = Number.POSITIVE_INFINITY, limitFor }: DownloadRequest) {
    this.#maxBytes = maxBytes;
    this.#limitFor = limitFor;
  }

  check(bytes: number): void {
    if (bytes > this.#maxBytes) throw tooLarge();
  }

  /** Takes the bytes at `offset`, until the head is whole. */
  look(chunk: Buffer, offset: number, totalBytes: number | null): void {
    if (this.#limitFor === undefined || offset >= headBytes) return;
    const before = this.#head.subarray(0, offset);
    this.#head = Buffer.concat([before, chunk.subarray(0, headBytes - before.length)]);
    this.#maxBytes = Math.min(this.#maxBytes, this.#limitFor(this.#head));
    this.check(totalBytes ?? 0);
  }
}

/** A weak tag can't promise that the bytes are the same; a date is the next best thing. */
function strongValidator({ headers }: FetchedReply): string | null {
  const { etag } = headers;
  if (etag !== undefined && !etag.startsWith('W/')) return etag;
  return headers['last-modified'] ?? null;
}

/** A host that cannot be found or reached at all is more likely mistyped than hiccuping. */
function isWorthRetrying(error: unknown, hasAnswered: boolean): boolean {
  if (!(error instanceof FetchFailed)) return false;
  if (error.failure === 'status') return retriedStatuses.has(error.status ?? 0);
  if (error.failure === 'connect' || error.failure === 'dns') return hasAnswered;
  return error.failure === 'broken' || error.failure === 'timeout';
}

function describe({ finalUrl, headers }: FetchedReply, draft: Draft): Download {
  const contentType = headers['content-type']?.split(';')[0]?.trim().toLowerCase() || null;
  const charset = /;\s*charset\s*=\s*"?([\w.:-]{1,40})/i.exec(headers['content-type'] ?? '')?.[1] ?? null;
  return {
    draft,
    finalUrl,
    contentType,
    charset,
    suggestedName: suggestName(finalUrl, headers['content-disposition']),
  };
}

function suggestName(finalUrl: string, disposition: string | undefined): string | null {
  const given = disposition === undefined ? undefined : parse(disposition).parameters.filename;
  const fromPath = new URL(finalUrl).pathname.split('/').at(-1) ?? '';
  const name = given ?? decodeLoosely(fromPath);
  return (
    basename(name.replaceAll('\\', '/'))
      .replace(/[\x00-\x1f\x7f]/g, '')
      .slice(0, 255) || null
  );
}
