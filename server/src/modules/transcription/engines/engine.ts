/** A word as an engine heard it. */
export interface RecognisedWord {
  startMs: number;
  endMs: number;
  text: string;
  /** 0..1; null when the engine does not say. */
  confidence: number | null;
}

/** A stretch of speech, a sentence or so. Lists of them are sorted by start. */
export interface RecognisedSegment {
  startMs: number;
  endMs: number;
  /** One line without markup, never empty. */
  text: string;
  speaker: string | null;
  /** 0..1; null when the engine does not say. */
  confidence: number | null;
  /** Sorted and inside the segment; null when the engine gives no times of words. */
  words: RecognisedWord[] | null;
}

/** One stretch of sound and how it is to be recognised. */
export interface RecogniseRequest {
  /** 16 kHz mono 16-bit WAV, its head the plain 44 bytes. */
  audioPath: string;
  durationMs: number;
  /** BCP 47, such as `fr` or `fr-CA`. */
  language: string;
  /** Null: the engine's own choice. */
  model: string | null;
  initialPrompt: string | null;
  signal: AbortSignal;
  /** 0..1, never backwards. */
  onProgress(fraction: number): void;
}

/** Something that turns sound into words. */
export interface Engine {
  name: 'http' | 'pocketsphinx';
  /** BCP 47 primary subtags, or `any`. */
  languages: readonly string[] | 'any';
  /** The longest stretch it is given at once. */
  maxChunkMs: number;
  /**
   * Times count from the beginning of the stretch and lie inside it; silence gives an empty list.
   * Throws EngineFailure, or the signal's reason.
   */
  recognise(request: RecogniseRequest): Promise<RecognisedSegment[]>;
}

/** What operators are told of an engine. */
export interface EngineInfo {
  name: string;
  languages: readonly string[] | 'any';
  available: boolean;
  /** Why it is not available, one sentence; null when it is. */
  reason: string | null;
}

/** The engines of this installation, as the settings chose them. */
export interface Engines {
  list: EngineInfo[];
  /** The first that knows the language, or null. */
  forLanguage(language: string): Engine | null;
  /** What the operator can do to have an engine for the language, in a sentence or two. */
  howToGetOne(language: string): string;
}

/** Why an engine gave nothing; stable, for reports and tests. */
export type EngineFailureCode =
  | 'unreachable'
  | 'timeout'
  | 'busy'
  | 'server-error'
  | 'refused-key'
  | 'not-found'
  | 'too-large'
  | 'rejected'
  | 'redirected'
  | 'nonsense'
  | 'tool-failed';

/** An engine that failed. The message is a sentence fit to be shown to people, without secrets or paths. */
export class EngineFailure extends Error {
  readonly code: EngineFailureCode;
  /** Trying again as it is cannot help. */
  readonly isFinal: boolean;
  /** How long the engine asked to be left alone. */
  readonly retryAfterMs: number | null;
  constructor(
    code: EngineFailureCode,
    message: string,
    options: ErrorOptions & { isFinal?: boolean; retryAfterMs?: number } = {},
  ) {
    super(message, options);
    this.name = 'EngineFailure';
    this.code = code;
    this.isFinal = options.isFinal ?? false;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}

/** The primary subtag in lower case: `fr` of `fr-CA`, `FR` or `fr_CA`. */
export function primaryLanguage(language: string): string {
  return language.trim().toLowerCase().split(/[-_]/, 1)[0] ?? '';
}

/** Whether an engine takes a language. */
export function knowsLanguage(languages: readonly string[] | 'any', language: string): boolean {
  return languages === 'any' || languages.includes(primaryLanguage(language));
}
