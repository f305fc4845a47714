import type { Readable, Writable } from 'node:stream';
import { type BlockReader, FileChangedError, type Loan, type OpenFile } from './block-reader.ts';
import { type BodyPart, partLength, type SendFileReply } from './send-file.ts';

/** How a transfer ended; not `complete` means that the client went away or stopped reading. */
export interface SentBody {
  complete: boolean;
  bytesSent: number;
}

/** A body whose file is open: nothing can be missing any more, so the status line may go out. */
export interface OpenBody {
  /**
   * Writes all parts and ends the destination, then closes the file. Resolves when the client goes away;
   * rejects, with the destination destroyed, when the file fails: wrong bytes are never sent.
   */
  streamTo(destination: Writable): Promise<SentBody>;
  /** For a body that is not sent after all. */
  close(): void;
}

/** A write that took longer marks a slow client: it gets small pieces, so that it pins little memory. */
const slowWriteMs = 100;
const fullReach = 1024 * 1024;
const slowReach = 64 * 1024;

/** Opens the file of a reply and checks that it still has the size that the headers promise. */
export async function openBody(
  body: NonNullable<SendFileReply['body']>,
  blocks: BlockReader,
): Promise<OpenBody> {
  const file = await blocks.open(body.file.path, body.file.etag);
  if (file.sizeBytes !== body.file.sizeBytes) {
    file.close();
    throw new FileChangedError();
  }
  return {
    close: () => file.close(),
    streamTo: (destination) => send(file, body.parts, new Sink(destination)),
  };
}

async function send(file: OpenFile, parts: BodyPart[], sink: Sink): Promise<SentBody> {
  const length = parts.reduce((sum, part) => sum + partLength(part), 0);
  try {
    for (const part of parts) {
      if (sink.gone) break;
      if (part.kind === 'literal') await sink.write(part.bytes);
      else await sendRange(file, part.start, part.end + 1, sink);
    }
    if (!sink.gone) await sink.end();
    return { complete: sink.ended && sink.bytesSent === length, bytesSent: sink.bytesSent };
  } catch (error) {
    sink.destroy(error);
    throw error;
  } finally {
    sink.detach();
    file.close();
  }
}

/** While one block is on its way to a fast client the next one is read. */
async function sendRange(file: OpenFile, start: number, endExclusive: number, sink: Sink): Promise<void> {
  let ahead: Promise<Loan> | null = null;
  let position = start;
  try {
    while (position < endExclusive && !sink.gone) {
      const loan: Loan = await (ahead ?? file.read(position, Math.min(sink.reach, endExclusive - position)));
      ahead = null;
      position += loan.bytes.length;
      const written = sink.write(loan.bytes).finally(loan.release);
      if (position < endExclusive && sink.isFast) {
        ahead = file.read(position, endExclusive - position);
        // Heard here too, so that a failure during the write is not unhandled; the await above throws it.
        ahead.catch(() => undefined);
      }
      await written;
    }
  } finally {
    // A block that was read for a client who left still has to go back.
    ahead?.then((loan) => loan.release()).catch(() => undefined);
  }
}

/** The receiving end: writes that resolve when the bytes are with the kernel, or when the client is gone. */
class Sink {
  reach = fullReach;
  isFast = false;
  bytesSent = 0;
  gone = false;
  /** The last byte is with the kernel; what closes now closes in good order. */
  ended = false;
  readonly #destination: Writable;
  readonly #socket: Readable | undefined;
  #settle: (() => void) | null = null;

  constructor(destination: Writable) {
    this.#destination = destination;
    // A response waiting behind another on its connection has no socket of its own yet; its request has.
    this.#socket = requestSocket(destination);
    destination.on('close', this.#onGone).on('error', this.#onGone);
    this.#socket?.on('close', this.#onGone);
    if (destination.destroyed || this.#socket?.destroyed) this.gone = true;
  }

  readonly #onGone = () => {
    if (!this.ended) this.gone = true;
    this.#settle?.();
  };

  async write(bytes: Buffer): Promise<void> {
    if (this.gone) return;
    const startedAt = performance.now();
    await this.#settled((done) => this.#destination.write(bytes, done));
    if (this.gone) return;
    this.bytesSent += bytes.length;
    this.isFast = performance.now() - startedAt < slowWriteMs;
    this.reach = this.isFast ? fullReach : slowReach;
  }

  async end(): Promise<void> {
    await this.#settled((done) => {
      this.#destination.end((error?: Error | null) => {
        this.ended = !error && !this.gone;
        done(error);
      });
    });
  }

  destroy(error: unknown): void {
    this.#destination.destroy(error instanceof Error ? error : undefined);
  }

  detach(): void {
    this.#destination.off('close', this.#onGone).off('error', this.#onGone);
    this.#socket?.off('close', this.#onGone);
    // A destroyed response may report its error later than we listen; nobody else does.
    this.#destination.on('error', () => undefined);
  }

  /**
   * Settles once: by the call-back or by the client's leaving. A client that merely stops reading is made to
   * leave by the server's `timeout`, which Node counts from the last byte that the kernel took.
   */
  #settled(start: (done: (error?: Error | null) => void) => void): Promise<void> {
    return new Promise((resolve) => {
      this.#settle = resolve;
      start((error) => {
        if (error) this.gone = true;
        resolve();
      });
    });
  }
}

function requestSocket(destination: Writable): Readable | undefined {
  if (!('req' in destination)) return undefined;
  const { req } = destination;
  if (typeof req !== 'object' || req === null || !('socket' in req)) return undefined;
  return isStream(req.socket) ? req.socket : undefined;
}

function isStream(value: unknown): value is Readable {
  return (
    typeof value === 'object' && value !== null && 'on' in value && 'off' in value && 'destroyed' in value
  );
}
