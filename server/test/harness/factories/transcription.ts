import { setTimeout as delay } from 'node:timers/promises';
import type {
  Engine,
  Engines,
  RecognisedSegment,
  RecogniseRequest,
} from '../../../src/modules/transcription/engines/engine.ts';
import { EngineFailure } from '../../../src/modules/transcription/engines/engine.ts';
import { importTranscript } from '../../../src/modules/transcription/import-transcript.ts';
import {
  createTranscriptionContext,
  type TranscriptionContext,
} from '../../../src/modules/transcription/transcription-context.ts';
import type { TestApp } from '../app.ts';

export { EngineFailure };

/** What an engine of a test makes of a chunk. */
export type Recognise = (request: RecogniseRequest, call: number) => Promise<RecognisedSegment[]>;

/** An engine whose answers the test gives, where the engine itself is not the point. */
export function engineOf(
  recognise: Recognise,
  given: Partial<Engine> = {},
): Engine & { calls: RecogniseRequest[] } {
  const calls: RecogniseRequest[] = [];
  return {
    name: 'http',
    languages: 'any',
    maxChunkMs: 30_000,
    calls,
    recognise: (request) => recognise(request, calls.push(request)),
    ...given,
  };
}

/** One segment with one word each second, named after the chunk's number. */
export const secondBySecond: Recognise = async ({ durationMs }, call) =>
  Array.from({ length: Math.max(1, Math.floor(durationMs / 1000)) }, (_, second) => ({
    startMs: second * 1000,
    endMs: Math.min(durationMs, second * 1000 + 900),
    text: `word ${call}-${second}`,
    speaker: null,
    confidence: 0.9,
    words: [{ startMs: second * 1000, endMs: second * 1000 + 500, text: 'word', confidence: 0.9 }],
  }));

/** Never answers; ends as real ones do when it is told to. */
export const endless: Recognise = async ({ signal }) => {
  await delay(600_000, undefined, { signal });
  return [];
};

/** The module's context on the app's own kernel, with the engine given; null is none at all. */
export function contextWith(test: TestApp, engine: Engine | null): TranscriptionContext {
  const engines: Engines = {
    list: [],
    forLanguage: () => engine,
    howToGetOne: () => 'Install one.',
  };
  const context = createTranscriptionContext(test.kernel, test.composition.media);
  return { ...context, engines: async () => engines };
}

/** A transcription that is done, as somebody's import; its text is the given lines, a second each. */
export async function createTranscription(
  test: TestApp,
  organisationId: string,
  recordingId: string,
  lines: readonly string[] = ['Bonjour.'],
): Promise<string> {
  const segments = lines.map((text, i) => ({
    startMs: i * 1000,
    endMs: i * 1000 + 900,
    text,
    speaker: null,
    confidence: null,
    words: null,
  }));
  const context = createTranscriptionContext(test.kernel, test.composition.media);
  const asker = { organisationId, personId: null };
  const file = { format: 'vtt' as const, language: 'fr', segments };
  return (await importTranscript(context, asker, recordingId, file)).id;
}
