import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { missingParts } from '../../../e2e/harness/parts.ts';
import { openMediaTools } from '../../src/kernel/media/open-media-tools.ts';
import { demuxerOf } from '../../src/kernel/media/sniff-container.ts';
import { testFolder } from '../../src/kernel/media/sound.test-kit.ts';
import type { RecognisedSegment, RecognisedWord } from '../../src/modules/transcription/engines/engine.ts';
import { openEngines } from '../../src/modules/transcription/engines/open-engines.ts';
import { type FliteVoice, speak, wordsOf } from './flite.ts';
import { wordErrors } from './word-errors.ts';

const skip = missingParts('ffmpeg', 'flite', 'pocketsphinx');
const TEXT = await readFile(new URL('council-meeting.txt', import.meta.url), 'utf8');
/** Short, so that the cutting is part of what is measured. */
const CHUNK_MS = 20_000;
const HUMAN = fileURLToPath(new URL('jfk.mp3', import.meta.url));
const HUMAN_TEXT =
  'And so, my fellow Americans, ask not what your country can do for you, ask what you can do for your country.';

/** The second voice takes twenty seconds more. */
const VOICES: FliteVoice[] = process.env.ANTENNE_TEST_LONG === '1' ? ['slt', 'rms'] : ['slt'];

describe.skipIf(skip !== null)(`recognition${skip ? ` [skipped: ${skip}]` : ''}`, async () => {
  if (skip !== null) return;
  const folder = await testFolder('recognition');
  const media = await openMediaTools(
    { environment: 'test', dataDir: folder, ffmpegPath: null, ffmpegThreads: 1, ffmpegAllowOld: true },
    { warn: () => undefined },
  );
  afterAll(() => media.stop());
  const settings = { engine: 'pocketsphinx', apiUrl: null, apiKey: null, apiModel: null } as const;
  const engines = await openEngines(settings, media, { warn: () => undefined });

  /** The whole way of a recording: plan, extract, recognise. */
  async function recognised(inputPath: string): Promise<RecognisedSegment[]> {
    const engine = engines.forLanguage('en-GB');
    if (!engine) throw new Error(engines.howToGetOne('en-GB'));
    const info = await media.probe(inputPath);
    const { container, audioStreamIndex, durationMs: expectedMs } = info;
    const source = { inputPath, demuxer: demuxerOf(container), audioStreamIndex };
    const cut = { expectedMs, maxChunkMs: Math.min(CHUNK_MS, engine.maxChunkMs), useVad: true };
    const { chunks } = await media.planSpeechChunks({ ...source, ...cut });
    const all: RecognisedSegment[] = [];
    for (const [index, chunk] of chunks.entries()) {
      const audioPath = join(folder, `chunk-${index}.wav`);
      const { durationMs } = await media.extractSpeech({ ...source, ...chunk, outputPath: audioPath });
      const shares: number[] = [];
      const segments = await engine.recognise({
        ...{ audioPath, durationMs, language: 'en', model: null, initialPrompt: null },
        signal: new AbortController().signal,
        onProgress: (fraction) => shares.push(fraction),
      });
      expect(shares.at(-1)).toBe(1);
      expect(shares).toEqual([...shares].sort((one, other) => one - other));
      promisesKept(segments, durationMs);
      all.push(...segments.map((segment) => later(segment, chunk.startMs)));
    }
    return all;
  }

  test.each(VOICES)(
    '100 words said by %s',
    async (voice) => {
      const speech = await speak({ text: TEXT, voice, folder });
      expect(speech.words.length).toBeGreaterThanOrEqual(60);
      const segments = await recognised(speech.path);
      const heard = segments.flatMap(({ words }) => words ?? []);
      const { rate, matches } = wordErrors(
        speech.words.map(({ text }) => text),
        heard.map(({ text }) => text.toLowerCase()),
      );
      const errors = matches.flatMap((match) =>
        timeErrors(speech.words[match.said], heard[match.recognised]),
      );
      const sorted = errors.map(Math.abs).sort((one, other) => one - other);
      const at = (share: number) => Math.round(sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN);
      console.info(
        `${voice}: WER ${(rate * 100).toFixed(1)} %, ${matches.length} words right; their beginnings and ends are off by ` +
          `${at(0.5)} ms (median), ${at(0.95)} ms (95 %), ${at(1)} ms (worst)`,
      );
      expect(rate).toBeLessThanOrEqual(0.25);
      expect(at(1)).toBeLessThanOrEqual(300);
    },
    900_000,
  );

  test('eleven seconds of a president', async () => {
    const segments = await recognised(HUMAN);
    const text = segments.map((segment) => segment.text).join(' ');
    const { rate } = wordErrors(wordsOf(HUMAN_TEXT), wordsOf(text));
    console.info(`jfk: WER ${(rate * 100).toFixed(1)} %: ${text}`);
    // An engine of 2016 before a hall of 1961: the way is tested here, and what anybody must hear.
    expect(text.toLowerCase()).toContain('your country can do for you');
  }, 900_000);
});

function later(segment: RecognisedSegment, byMs: number): RecognisedSegment {
  const move = <Timed extends { startMs: number; endMs: number }>(timed: Timed): Timed => ({
    ...timed,
    startMs: timed.startMs + byMs,
    endMs: timed.endMs + byMs,
  });
  return { ...move(segment), words: segment.words?.map(move) ?? null };
}

function timeErrors(
  said: { startMs: number; endMs: number } | undefined,
  heard: RecognisedWord | undefined,
): number[] {
  if (!said || !heard) throw new Error('A match without its words');
  return [heard.startMs - said.startMs, heard.endMs - said.endMs];
}

function promisesKept(segments: readonly RecognisedSegment[], durationMs: number): void {
  let previousMs = 0;
  for (const { startMs, endMs, text, words } of segments) {
    expect(startMs).toBeGreaterThanOrEqual(previousMs);
    expect(endMs).toBeLessThanOrEqual(durationMs);
    expect(endMs - startMs).toBeLessThanOrEqual(12_000);
    expect(text).toMatch(/^\p{Lu}/u);
    expect(text).not.toMatch(/[<>()[\]]/);
    expect(words?.map((word) => word.text).join(' ')).toBe(text);
    expect([words?.[0]?.startMs, words?.at(-1)?.endMs]).toEqual([startMs, endMs]);
    previousMs = endMs;
  }
}
