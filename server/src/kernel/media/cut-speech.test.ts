import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutSpeech } from './cut-speech.ts';
import { levelFrameMs, levelOf } from './speech-levels.ts';

/** Stretches of one loudness each, in decibels below full scale; `wobble` makes it move as speech does. */
function levelsOf(stretches: readonly { ms: number; db: number; wobble?: number }[]): Uint8Array {
  const frames: number[] = [];
  for (const { ms, db, wobble = 0 } of stretches) {
    for (let at = 0; at < ms / levelFrameMs; at++) {
      // Syllables: up and down five times a second, never as low as a pause.
      frames.push(levelOf(db + wobble * Math.sin((at * levelFrameMs * 2 * Math.PI) / 200)));
    }
  }
  return Uint8Array.from(frames);
}

const speech = (ms: number, db = -20) => ({ ms, db, wobble: 6 });
const pause = (ms: number, db = -60) => ({ ms, db });
const cut = (
  stretches: readonly { ms: number; db: number; wobble?: number }[],
  maxChunkMs: number,
  useVad = true,
) =>
  cutSpeech(levelsOf(stretches), {
    durationMs: stretches.reduce((sum, { ms }) => sum + ms, 0),
    maxChunkMs,
    useVad,
  }).map(({ startMs, endMs }) => [startMs, endMs]);

describe('where it cuts', () => {
  test('nowhere, while it is short enough', () => {
    expect(cut([speech(200)], 60_000)).toEqual([[0, 200]]);
    expect(cut([speech(40_000), pause(400), speech(19_600)], 60_000)).toEqual([[0, 60_000]]);
  });

  test('in the middle of a pause, and not of the smallest', () => {
    const sound = [speech(40_000), pause(200), speech(4800), pause(800), speech(54_200)];
    expect(cut(sound, 60_000)).toEqual([
      [0, 45_400],
      [45_400, 100_000],
    ]);
  });

  test('above the hum of a hall as in a studio', () => {
    for (const floor of [-90, -60, -45, -38]) {
      expect(cut([speech(50_000), pause(600, floor), speech(49_400)], 60_000)[0]).toEqual([0, 50_300]);
    }
  });

  test('although the hum grows from one hour to the next', () => {
    const quiet = Array.from({ length: 20 }, () => [speech(9000), pause(1000, -70)]).flat();
    const loud = Array.from({ length: 20 }, () => [speech(9000, -18), pause(1000, -40)]).flat();
    for (const [, endMs = 0] of cut([...quiet, ...loud], 25_000).slice(0, -1)) {
      expect(endMs % 10_000).toBeGreaterThan(9000);
    }
  });

  test('where it is least loud, when nobody ever pauses', () => {
    const dip = { ms: 100, db: -29 };
    const chunks = cut([speech(47_000), dip, speech(52_900)], 60_000);
    expect(chunks).toHaveLength(2);
    expect(chunks[0]?.[1]).toBeGreaterThanOrEqual(47_000);
    expect(chunks[0]?.[1]).toBeLessThanOrEqual(47_100);
    // A steady tone has no better place than the middle.
    expect(cut([{ ms: 100_000, db: -20 }], 60_000)).toEqual([
      [0, 50_000],
      [50_000, 100_000],
    ]);
  });

  test('into parts of like length: no crumb is left at the end', () => {
    const lengths = cut([speech(61_000)], 60_000).map(([startMs = 0, endMs = 0]) => endMs - startMs);
    expect(Math.min(...lengths)).toBeGreaterThan(15_000);
  });

  test('refuses chunks that hold no sentence', () => {
    expect(() => cut([speech(5000)], 999)).toThrow(RangeError);
  });
});

describe('what it leaves out', () => {
  test('long silence, but for a margin', () => {
    expect(cut([pause(10_000), speech(8000), pause(20_000), speech(6000), pause(700)], 60_000)).toEqual([
      [9700, 18_300],
      [37_700, 44_300],
    ]);
  });

  test('no short one', () => {
    expect(cut([speech(8000), pause(4000), speech(6000)], 60_000)).toEqual([[0, 18_000]]);
  });

  test('all of a silence, and a click in it', () => {
    expect(cut([pause(60_000, -100)], 30_000)).toEqual([]);
    expect(cut([pause(30_000, -95), { ms: 40, db: -10 }, pause(30_000, -95)], 30_000)).toEqual([]);
    expect(cut([pause(200, -100)], 30_000)).toEqual([]);
  });

  test('nothing when told so', () => {
    expect(cut([pause(60_000, -100)], 40_000, false)).toEqual([
      [0, 30_000],
      [30_000, 60_000],
    ]);
  });

  test('not somebody far from the microphone', () => {
    const [[startMs, endMs] = []] = cut(
      [speech(60_000, -20), pause(8000), speech(5000, -44), pause(8000)],
      600_000,
    ).slice(1);
    expect([startMs, endMs]).toEqual([67_700, 73_300]);
  });

  test('not music, noise or a tone that never ends', () => {
    expect(cut([{ ms: 60_000, db: -35 }], 600_000)).toEqual([[0, 60_000]]);
  });
});

test('twelve hours', () => {
  const debate = Array.from({ length: 4320 }, (_none, at) => [
    speech(8600 + (at % 7) * 100),
    pause(1400 - (at % 7) * 100),
  ]);
  const chunks = cut(debate.flat(), 180_000);
  const hours = 12 * 3_600_000;
  expect(chunks.length).toBeGreaterThanOrEqual(hours / 180_000);
  expect(chunks.length).toBeLessThan((hours / 180_000) * 1.3);
  for (const [, endMs = 0] of chunks.slice(0, -1)) expect(endMs % 10_000).toBeGreaterThan(8600);
});

describe('whatever the sound is', () => {
  const stretch = fc.record({
    ms: fc.integer({ min: 1, max: 400 }).map((frames) => frames * levelFrameMs),
    db: fc.integer({ min: -100, max: 0 }),
    wobble: fc.integer({ min: 0, max: 12 }),
  });
  const sounds = fc.array(stretch, { minLength: 1, maxLength: 60 });
  const longest = fc.integer({ min: 1000, max: 30_000 });

  test('chunks are in order, apart, inside, not empty and not too long', () => {
    fc.assert(
      fc.property(sounds, longest, fc.boolean(), (sound, maxChunkMs, useVad) => {
        const durationMs = sound.reduce((sum, { ms }) => sum + ms, 0);
        let previousMs = 0;
        for (const [startMs = 0, endMs = 0] of cut(sound, maxChunkMs, useVad)) {
          expect(startMs).toBeGreaterThanOrEqual(previousMs);
          expect(endMs).toBeGreaterThan(startMs);
          expect(endMs - startMs).toBeLessThanOrEqual(maxChunkMs);
          expect(endMs).toBeLessThanOrEqual(durationMs);
          previousMs = endMs;
        }
      }),
    );
  });

  test('without leaving out they follow one another from the beginning to the end', () => {
    fc.assert(
      fc.property(sounds, longest, (sound, maxChunkMs) => {
        const chunks = cut(sound, maxChunkMs, false);
        expect([0, ...chunks.map(([, endMs]) => endMs)]).toEqual([
          ...chunks.map(([startMs]) => startMs),
          sound.reduce((sum, { ms }) => sum + ms, 0),
        ]);
      }),
    );
  });

  test('all speech is in them, and no cut goes through a sentence that has a pause near', () => {
    const turn = fc.record({
      speechMs: fc.integer({ min: 10, max: 200 }).map((frames) => frames * levelFrameMs),
      pauseMs: fc.integer({ min: 10, max: 500 }).map((frames) => frames * levelFrameMs),
    });
    fc.assert(
      fc.property(
        fc.array(turn, { minLength: 2, maxLength: 40 }),
        fc.integer({ min: 10_000, max: 60_000 }),
        (turns, maxChunkMs) => {
          const chunks = cut(
            turns.flatMap(({ speechMs, pauseMs }) => [speech(speechMs), pause(pauseMs)]),
            maxChunkMs,
          );
          let atMs = 0;
          for (const { speechMs, pauseMs } of turns) {
            // Sentences are at most 4 s, chunks at least 10: a pause is always near, so each is whole in one chunk.
            const holds = chunks.filter(
              ([startMs = 0, endMs = 0]) => startMs <= atMs && endMs >= atMs + speechMs,
            );
            expect(holds).toHaveLength(1);
            atMs += speechMs + pauseMs;
          }
        },
      ),
    );
  });
});
