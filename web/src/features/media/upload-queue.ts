import { ApiProblem, ServerAway } from '@antenne/client';

/** What to make of a sound once it has arrived. */
export interface Publication {
  title: string;
  date: string;
  type: 'seance_publique' | 'commission' | 'audition' | 'question_gouvernement' | 'autre';
  commission: string;
}

export type UploadState =
  | 'waiting'
  | 'sending'
  | 'saving'
  | 'paused'
  | 'lost'
  | 'sent'
  | 'failed'
  | 'cancelled';

export interface Upload {
  id: string;
  name: string;
  title: string;
  /** What is spoken in it. */
  language: string;
  sizeBytes: number;
  sentBytes: number;
  /** When sending began, in milliseconds of the clock given, and how much was there by then; to foretell the end. */
  startedAtMs: number | null;
  startedBytes: number;
  state: UploadState;
  attempt: number;
  retryAtMs: number | null;
  recordingId: string | null;
  debateId: string | null;
  problem: unknown;
  publication: Publication | null;
}

interface QueueParts {
  /**
   * Sends what the server does not have yet, and resolves with the recording's id. Ended by the signal, what has
   * arrived stays there.
   */
  send(upload: Upload, file: File, onSent: (bytes: number) => void, signal: AbortSignal): Promise<string>;
  /** Has the server forget what it has of a file. */
  forget(file: File): Promise<void>;
  /** Makes the débat of a recording; resolves with its id. */
  publish(recordingId: string, publication: Publication): Promise<string>;
  newId(): string;
  now(): number;
}

const sentTogether = 2;
const mostAttempts = 6;

/** 2, 4, 8 … 60 s between the tries of a file whose connection was lost. */
export const uploadRetryDelayMs = (attempt: number): number => Math.min(60_000, 1000 * 2 ** attempt);

const isOver = (state: UploadState) => state === 'sent' || state === 'failed' || state === 'cancelled';

const busyOrRestarting = [429, 502, 503, 504];
/** The last connection is still open there, we are out of step, or the server has forgotten: it begins or goes on. */
const outOfStep = [
  'upload-busy',
  'wrong-offset',
  'checksum-mismatch',
  'upload-not-found',
  'upload-expired',
  'upload-gone',
].map((code) => `urn:antenne:problem:media.${code}`);

const isSame = (one: File | undefined, other: File): boolean =>
  one?.name === other.name && one.size === other.size && one.lastModified === other.lastModified;

/** A refusal is final; silence and what passes by itself are not. */
function isPassing(error: unknown): boolean {
  if (error instanceof ServerAway) return true;
  return (
    error instanceof ApiProblem && (busyOrRestarting.includes(error.status) || outOfStep.includes(error.type))
  );
}

/** How long the server asks us to wait. */
const wishedDelayMs = (error: unknown): number =>
  error instanceof ApiProblem ? (error.retryAfterSeconds ?? 0) * 1000 : 0;

/** The files on their way to the server. Lives above the router: pages come and go, uploads go on. */
export class UploadQueue {
  #uploads: readonly Upload[] = [];
  readonly #parts: QueueParts;
  readonly #files = new Map<string, File>();
  readonly #aborts = new Map<string, AbortController>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #listeners = new Set<() => void>();

  constructor(parts: QueueParts) {
    this.#parts = parts;
  }

  readonly getUploads = (): readonly Upload[] => this.#uploads;

  readonly subscribe = (changed: () => void): (() => void) => {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  };

  /** How many are not over yet. */
  activeCount(): number {
    return this.#uploads.filter((upload) => !isOver(upload.state)).length;
  }

  /** A file that is on its way already is not sent twice: choosing it again goes on with it. */
  add(file: File, title: string, language: string, publication: Publication | null): string {
    const underWay = this.#uploads.find(
      ({ id, state }) => !isOver(state) && isSame(this.#files.get(id), file),
    );
    if (underWay !== undefined) {
      this.retry(underWay.id);
      return underWay.id;
    }
    const id = this.#parts.newId();
    this.#files.set(id, file);
    const upload: Upload = {
      id,
      name: file.name,
      title,
      language,
      sizeBytes: file.size,
      sentBytes: 0,
      startedAtMs: null,
      startedBytes: 0,
      state: 'waiting',
      attempt: 0,
      retryAtMs: null,
      recordingId: null,
      debateId: null,
      problem: null,
      publication,
    };
    this.#uploads = [...this.#uploads, upload];
    this.#next();
    return id;
  }

  cancel(id: string): void {
    const upload = this.#find(id);
    if (upload === undefined || isOver(upload.state)) return;
    this.#stop(id, 'cancelled');
    const file = this.#files.get(id);
    // Else it expires there by itself.
    if (file !== undefined) this.#parts.forget(file).catch(() => undefined);
  }

  /** Stops sending; what has arrived is kept. */
  pause(id: string): void {
    const upload = this.#find(id);
    if (upload !== undefined && ['waiting', 'sending', 'lost'].includes(upload.state))
      this.#stop(id, 'paused');
  }

  /** Goes on with what failed, was cancelled or paused, or waits for the network. */
  retry(id: string): void {
    const upload = this.#find(id);
    if (upload === undefined || !['failed', 'cancelled', 'lost', 'paused'].includes(upload.state)) return;
    clearTimeout(this.#timers.get(id));
    this.#change(id, { state: 'waiting', attempt: 0, problem: null, retryAtMs: null });
    this.#next();
  }

  /** Pauses everything that is not over. */
  pauseAll(): void {
    // Those that wait first, or they would begin one after the other.
    for (const upload of this.#uploads.toReversed()) this.pause(upload.id);
  }

  resumeAll(): void {
    for (const upload of this.#uploads) if (upload.state === 'paused') this.retry(upload.id);
  }

  /** The network is back: what waits for it need not wait for its timer. */
  retryLost(): void {
    for (const upload of this.#uploads) if (upload.state === 'lost') this.retry(upload.id);
  }

  clearFinished(): void {
    this.#clear(({ state }) => isOver(state));
  }

  /** Takes one off the list whose recording is gone. */
  clear(id: string): void {
    this.#clear((upload) => upload.id === id && isOver(upload.state));
  }

  #clear(isCleared: (upload: Upload) => boolean): void {
    for (const upload of this.#uploads) if (isCleared(upload)) this.#files.delete(upload.id);
    this.#uploads = this.#uploads.filter((upload) => !isCleared(upload));
    this.#tell();
  }

  #stop(id: string, state: 'cancelled' | 'paused'): void {
    clearTimeout(this.#timers.get(id));
    this.#change(id, { state, retryAtMs: null });
    this.#aborts.get(id)?.abort();
    this.#next();
  }

  #find(id: string): Upload | undefined {
    return this.#uploads.find((upload) => upload.id === id);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  #change(id: string, change: Partial<Upload>): void {
    this.#uploads = this.#uploads.map((upload) => (upload.id === id ? { ...upload, ...change } : upload));
    this.#tell();
  }

  #next(): void {
    this.#tell();
    while (this.#aborts.size < sentTogether) {
      const waiting = this.#uploads.find(
        (upload) => upload.state === 'waiting' && !this.#aborts.has(upload.id),
      );
      if (waiting === undefined) return;
      void this.#send(waiting);
    }
  }

  async #send(upload: Upload): Promise<void> {
    const { id } = upload;
    const file = this.#files.get(id);
    if (file === undefined) return;
    const stopping = new AbortController();
    this.#aborts.set(id, stopping);
    this.#change(id, { state: 'sending', startedAtMs: null });
    let hasBegun = false;
    const onSent = (sentBytes: number) => {
      if (stopping.signal.aborted) return;
      // The first figure tells what was there before; after it something gets through, and patience begins anew.
      const begun = { startedAtMs: this.#parts.now(), startedBytes: sentBytes };
      this.#change(id, {
        sentBytes,
        state: sentBytes >= upload.sizeBytes ? 'saving' : 'sending',
        ...(hasBegun ? { attempt: 0 } : begun),
      });
      hasBegun = true;
    };
    try {
      const recordingId =
        upload.recordingId ?? (await this.#parts.send(upload, file, onSent, stopping.signal));
      if (!stopping.signal.aborted) await this.#arrived(upload, recordingId);
    } catch (error) {
      if (!stopping.signal.aborted) this.#refused(id, error);
    } finally {
      this.#aborts.delete(id);
      this.#next();
    }
  }

  async #arrived(upload: Upload, recordingId: string): Promise<void> {
    // Kept at once: if the débat is refused, only that is tried again, never the sending.
    this.#change(upload.id, { recordingId, sentBytes: upload.sizeBytes, state: 'saving' });
    if (upload.publication !== null) {
      const debateId = await this.#parts.publish(recordingId, upload.publication);
      this.#change(upload.id, { debateId });
    }
    this.#files.delete(upload.id);
    this.#change(upload.id, { state: 'sent' });
  }

  #refused(id: string, problem: unknown): void {
    const attempt = (this.#find(id)?.attempt ?? 0) + 1;
    // Nobody answering says nothing about the file: that is waited for as long as the page is open.
    if (!isPassing(problem) || (attempt >= mostAttempts && !(problem instanceof ServerAway))) {
      this.#change(id, { state: 'failed', problem, attempt });
      return;
    }
    const delayMs = Math.max(uploadRetryDelayMs(attempt), wishedDelayMs(problem));
    this.#change(id, { state: 'lost', problem, attempt, retryAtMs: this.#parts.now() + delayMs });
    const again = () => {
      this.#change(id, { state: 'waiting', retryAtMs: null });
      this.#next();
    };
    this.#timers.set(id, setTimeout(again, delayMs));
  }
}
