import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { SpeechChunk } from '../../../kernel/media/speech.ts';
import {
  type Engine,
  EngineFailure,
  primaryLanguage,
  type RecognisedSegment,
  type RecogniseRequest,
} from './engine.ts';
import { FormatRefused } from './http-failures.ts';
import { hasTimes, moved, readReply } from './http-reply.ts';
import { askSpeechServer, type Detail, type SpeechServer } from './http-request.ts';
import { SpeechParts } from './speech-parts.ts';

/** WAV of 9.6 MB: under every server's 25 MB, and little is lost when one request fails. */
const maxChunkMs = 300_000;
/** What a server that gives no times is asked at once, so that each sentence still has its place. */
const partWithoutTimesMs = 20_000;
/** A server that refuses even this (1 MB) takes nothing. */
const smallestPartMs = 30_000;
/** Servers refuse sound below a tenth of a second; nobody says a word in it. */
const shortestMs = 100;
/** Between parts a server is waited for; longer, and the whole stretch is tried again later. */
const longestPauseMs = 60_000;
const mostPauses = 5;

/** A slow processor takes several times as long as the speech. */
const usualDeadlineMs = (durationMs: number) => 60_000 + 5 * durationMs;

const lessDetail: Record<Detail, Detail | null> = { words: 'segments', segments: 'text', text: null };

/** What has been learnt about a server since this process began. */
interface Learnt {
  detail: Detail;
  longestMs: number;
}

/** A server and how it is to be asked. */
export interface HttpEngineOptions {
  server: SpeechServer;
  /** Where a request names none. */
  model: string;
  /** How long an answer may take. */
  deadlineMs?: (durationMs: number) => number;
}

/** An engine behind `POST /v1/audio/transcriptions`. */
export function createHttpEngine(options: HttpEngineOptions): Engine {
  const learnt: Learnt = { detail: 'words', longestMs: maxChunkMs };
  return {
    name: 'http',
    languages: 'any',
    maxChunkMs,
    recognise: async (request) => {
      const sound = new SpeechParts(Uint8Array.from(await readFile(request.audioPath)));
      if (sound.durationMs < shortestMs) return [];
      return new Recognition(options, learnt, sound, request).run();
    },
  };
}

/** One request for a stretch: whole if the server can, else in parts. */
class Recognition {
  readonly #options: HttpEngineOptions;
  readonly #learnt: Learnt;
  readonly #sound: SpeechParts;
  readonly #request: RecogniseRequest;
  #pauses = 0;

  constructor(options: HttpEngineOptions, learnt: Learnt, sound: SpeechParts, request: RecogniseRequest) {
    this.#options = options;
    this.#learnt = learnt;
    this.#sound = sound;
    this.#request = request;
  }

  async run(): Promise<RecognisedSegment[]> {
    const segments = await this.#recognise({ startMs: 0, endMs: this.#sound.durationMs });
    this.#request.onProgress(1);
    return segments;
  }

  async #recognise(stretch: SpeechChunk): Promise<RecognisedSegment[]> {
    const lengthMs = stretch.endMs - stretch.startMs;
    if (lengthMs > this.#learnt.longestMs) return this.#inParts(stretch);
    try {
      const reply = await this.#ask(stretch);
      const segments = moved(readReply(reply, lengthMs), stretch.startMs);
      if (segments.length === 0 || hasTimes(reply) || lengthMs <= partWithoutTimesMs) return segments;
      this.#learnt.longestMs = partWithoutTimesMs;
    } catch (error) {
      this.#learnFrom(error, lengthMs);
    }
    return this.#recognise(stretch);
  }

  async #inParts(stretch: SpeechChunk): Promise<RecognisedSegment[]> {
    const segments: RecognisedSegment[] = [];
    for (const part of this.#sound.cut(stretch, this.#learnt.longestMs)) {
      segments.push(...(await this.#recognise(part)));
      this.#request.onProgress(Math.min(1, part.endMs / this.#sound.durationMs));
    }
    return segments;
  }

  async #ask(stretch: SpeechChunk): Promise<unknown> {
    const { language, initialPrompt, signal } = this.#request;
    const { server, model, deadlineMs = usualDeadlineMs } = this.#options;
    try {
      return await askSpeechServer(server, {
        wav: this.#sound.wavOf(stretch),
        detail: this.#learnt.detail,
        model: this.#request.model ?? model,
        language: primaryLanguage(language),
        prompt: initialPrompt,
        deadlineMs: deadlineMs(stretch.endMs - stretch.startMs),
        signal,
      });
    } catch (error) {
      await this.#pauseFor(error);
      return this.#ask(stretch);
    }
  }

  /** Inside a stretch that is sent in parts, what is done already is worth a short wait. Rethrows otherwise. */
  async #pauseFor(error: unknown): Promise<void> {
    const isInParts = this.#learnt.longestMs < this.#sound.durationMs;
    const pauseMs = error instanceof EngineFailure && error.code === 'busy' ? error.retryAfterMs : null;
    if (!isInParts || pauseMs === null || pauseMs > longestPauseMs || ++this.#pauses > mostPauses)
      throw error;
    const { signal } = this.#request;
    await wait(pauseMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }

  /** Asks for less, or sends less, from now on. Rethrows what neither can mend. */
  #learnFrom(error: unknown, lengthMs: number): void {
    if (error instanceof FormatRefused) {
      const less = lessDetail[this.#learnt.detail];
      if (less === null) throw error;
      this.#learnt.detail = less;
      if (less === 'text') this.#learnt.longestMs = Math.min(this.#learnt.longestMs, partWithoutTimesMs);
      return;
    }
    const isTooLarge = error instanceof EngineFailure && error.code === 'too-large';
    if (!isTooLarge || lengthMs <= smallestPartMs) throw error;
    this.#learnt.longestMs = Math.max(smallestPartMs, Math.floor(lengthMs / 2));
  }
}
