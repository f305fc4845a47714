import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fft } from './fft.ts';
import { findFaults } from './find-faults.ts';
import { findSilences } from './find-silences.ts';
import { type AnalyserOptions, SoundAnalyser } from './sound-analyser.ts';

const rate = 48_000;
/** A value of each channel at an instant in seconds. */
type Source = (seconds: number) => number[];

function analyse(seconds: number, source: Source, options: Partial<AnalyserOptions> = {}) {
  const channels = source(0).length === 1 ? 1 : 2;
  const { sampleRate = rate, fullScale = 32_766.5 / 32_768 } = options;
  const analyser = new SoundAnalyser({ sampleRate, channels, fullScale });
  const frames = Math.round(seconds * sampleRate);
  const portion = new Float32Array(sampleRate * channels);
  for (let frame = 0; frame < frames; ) {
    let at = 0;
    for (; at < portion.length && frame < frames; frame++) {
      for (const value of source(frame / sampleRate)) portion[at++] = value;
    }
    analyser.push(portion.subarray(0, at));
  }
  const { figures, spectrogram } = analyser.finish();
  return { ...figures, spectrogram, faults: findFaults(figures).map(({ code }) => code) };
}

const amplitude = (db: number) => 10 ** (db / 20);
const sine = (hz: number, db: number, phase = 0): ((t: number) => number) => {
  const peak = amplitude(db);
  return (t) => peak * Math.sin(2 * Math.PI * hz * t + phase);
};
const both = (one: (t: number) => number): Source => {
  return (t) => {
    const value = one(t);
    return [value, value];
  };
};
/** Levels in dB for so many seconds each, as EBU Tech 3341 describes its signals: a stereo sine of 1 kHz. */
const levels = (parts: [seconds: number, db: number][]): [number, Source] => {
  const ends: { end: number; tone: (t: number) => number }[] = [];
  for (const [seconds, db] of parts)
    ends.push({ end: (ends.at(-1)?.end ?? 0) + seconds, tone: sine(1000, db) });
  return [ends.at(-1)?.end ?? 0, both((t) => ends.find(({ end }) => t < end)?.tone(t) ?? 0)];
};

/** The same noise at every run. */
function noise(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return state / 2 ** 31;
  };
}

describe('loudness', () => {
  // EBU Tech 3341, table 1: tolerance ±0.1 LU.
  test.each<[string, [number, number][], number]>([
    ['case 1', [[20, -23]], -23],
    ['case 2', [[20, -33]], -33],
    [
      'case 3',
      [
        [10, -36],
        [60, -23],
        [10, -36],
      ],
      -23,
    ],
    [
      'case 4',
      [
        [10, -72],
        [10, -36],
        [60, -23],
        [10, -36],
        [10, -72],
      ],
      -23,
    ],
    [
      'case 5',
      [
        [20, -26],
        [20.1, -20],
        [20, -26],
      ],
      -23,
    ],
  ])('EBU Tech 3341, %s', (_name, parts, expected) => {
    const { loudness } = analyse(...levels(parts), { sampleRate: 16_000 });
    expect(loudness.state).toBe('measured');
    expect(Math.abs((loudness.integratedLufs ?? 0) - expected)).toBeLessThanOrEqual(0.1);
  });

  // EBU Tech 3342, table 1: tolerance ±1 LU.
  test.each<[string, [number, number][], number]>([
    [
      'case 1',
      [
        [20, -20],
        [20, -30],
      ],
      10,
    ],
    [
      'case 2',
      [
        [20, -20],
        [20, -15],
      ],
      5,
    ],
    [
      'case 3',
      [
        [20, -40],
        [20, -20],
      ],
      20,
    ],
    [
      'case 4',
      [
        [20, -50],
        [20, -35],
        [20, -20],
        [20, -35],
        [20, -50],
      ],
      15,
    ],
  ])('EBU Tech 3342, range of %s', (_name, parts, expected) => {
    const { loudness } = analyse(...levels(parts), { sampleRate: 16_000 });
    expect(Math.abs((loudness.rangeLu ?? 0) - expected)).toBeLessThanOrEqual(1);
  });

  test.each([8000, 44_100, 48_000])('is the same at %i Hz', (sampleRate) => {
    const { loudness } = analyse(5, both(sine(1000, -23)), { sampleRate });
    expect(loudness.integratedLufs).toBeCloseTo(-23, 1);
  });

  test('of one channel is 3 LU less than of the same on both', () => {
    const { loudness } = analyse(5, (t) => [sine(1000, -23)(t)]);
    expect(loudness.integratedLufs).toBeCloseTo(-26, 1);
  });

  test('of silence, and of less than a window, is a state and no number', () => {
    expect(
      analyse(
        5,
        both(() => 0),
      ).loudness,
    ).toMatchObject({
      state: 'silent',
      integratedLufs: null,
      rangeLu: null,
      maxMomentaryLufs: null,
    });
    expect(analyse(0.3, both(sine(1000, -23))).loudness).toMatchObject({
      state: 'too-short',
      integratedLufs: null,
    });
  });

  test('over time is told second by second', () => {
    const { curve } = analyse(
      ...levels([
        [10, -30],
        [10, -20],
      ]),
    ).loudness;
    expect(curve.secondsPerPoint).toBe(1);
    expect(curve.lufs).toHaveLength(20);
    expect(curve.lufs[6]).toBeCloseTo(-30, 1);
    expect(curve.lufs[19]).toBeCloseTo(-20, 1);
  });
});

describe('peaks', () => {
  // EBU Tech 3341, cases 15 to 18: sines whose peaks lie between the samples, tolerance +0.2 −0.4 dB.
  test.each([
    [rate / 4, 0],
    [rate / 4, 45],
    [rate / 6, 60],
    [rate / 8, 67.5],
  ])('between samples, at %i Hz with a phase of %f degrees', (hz, degrees) => {
    const tone = sine(hz, -6, (degrees * Math.PI) / 180);
    // Faded in and out: a tone that begins at once does reach higher.
    const fade = (t: number) => Math.min(1, t * 10, (1 - t) * 10);
    const { truePeakDb } = analyse(
      1,
      both((t) => tone(t) * fade(t)),
    );
    expect(truePeakDb).toBeGreaterThan(-6.4);
    expect(truePeakDb).toBeLessThan(-5.8);
  });

  test('are the same whether or not quiet places are passed over', () => {
    const random = noise();
    const samples = Float64Array.from({ length: rate }, (_, n) => random() * (n % 7000 < 200 ? 0.9 : 0.2));
    const source: Source = (t) => [samples[Math.round(t * rate)] ?? 0];
    const { truePeakDb } = analyse(1, source);
    // A full-scale click before everything makes the meter look only where it may be exceeded.
    const afterwards = analyse(1, (t) => [t === 0 ? 0.5 : (source(t)[0] ?? 0)]);
    expect(afterwards.truePeakDb).toBe(truePeakDb);
  });

  test('of nothing are no number', () => {
    expect(
      analyse(
        1,
        both(() => 0),
      ),
    ).toMatchObject({ truePeakDb: null, samplePeakDb: null });
  });
});

describe('faults', () => {
  const voice = sine(1000, -20);
  const other = sine(1300, -20);

  test('none in a sound that is whole', () => {
    const random = noise();
    expect(analyse(5, () => [random() * 0.2, random() * 0.2]).faults).toEqual([]);
  });

  test('clipping: where, and how often', () => {
    const clipped = analyse(10, (t) => {
      const loud = t >= 4 && t < 5 ? 12 : -12;
      const value = Math.min(1, Math.max(-1, sine(200, loud)(t)));
      return [value, other(t)];
    });
    expect(clipped.faults).toContain('clipped');
    expect(clipped.clipping.runs).toBe(400);
    expect(clipped.clipping.places).toHaveLength(1);
    expect(clipped.clipping.places[0]?.startMs).toBeGreaterThanOrEqual(4000);
    expect(clipped.clipping.places[0]?.endMs).toBeLessThanOrEqual(5000);
    const high = analyse(2, both(sine(997, -0.01)));
    expect(high.clipping).toEqual({ runs: 0, samples: 0, places: [] });
  });

  test.each<[string, Source]>([
    ['dead-left', (t) => [0, voice(t)]],
    ['dead-right', (t) => [voice(t), 0]],
    ['same-on-both', both(voice)],
    ['inverted', (t) => [voice(t), -voice(t)]],
    ['dc-offset', (t) => [voice(t) + 0.02, other(t)]],
    ['silent', both(() => 0)],
    ['quiet', (t) => [voice(t) * 0.03, other(t) * 0.03]],
    ['over-full-scale', (t) => [voice(t) * 12, other(t)]],
  ])('%s', (code, source) => {
    expect(analyse(5, source).faults).toContain(code);
  });

  test('of a channel that fails in the middle: from when, and how much', () => {
    const analyser = new SoundAnalyser({ sampleRate: rate, channels: 2, fullScale: 1 });
    for (let second = 0; second < 20; second++) {
      const portion = new Float32Array(rate * 2);
      for (let frame = 0; frame < rate; frame++) {
        portion[frame * 2] = voice(frame / rate);
        portion[frame * 2 + 1] = second < 15 ? other(frame / rate) : 0;
      }
      analyser.push(portion);
    }
    const faults = findFaults(analyser.finish().figures);
    expect(faults).toContainEqual({ code: 'dead-right', share: 0.25, fromMs: 15_000 });
  });

  test('values that are no numbers count as 0, and are counted', () => {
    const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3e38];
    const found = analyse(2, (t) => [odd[Math.round(t * 1000)] ?? voice(t), other(t)]);
    expect(found.faults).toContain('invalid-samples');
    expect(found.invalidSamples).toBeGreaterThanOrEqual(4);
    for (const value of [found.truePeakDb, found.loudness.integratedLufs, found.spectrum.centroidHz]) {
      expect(Number.isFinite(value)).toBe(true);
    }
  });
});

describe('silence', () => {
  test('is told with its beginning and end', () => {
    const random = noise();
    const { silence } = analyse(10, (t) => [random() * (t >= 3 && t < 4.5 ? 0.001 : 0.2)]);
    expect(silence).toMatchObject({ thresholdDb: -50, shortestMs: 500 });
    expect(silence.stretches).toEqual([{ startMs: 3000, endMs: 4500 }]);
  });

  test('is not a constant offset, nor a pause between words', () => {
    const offset = analyse(3, () => [0.1]);
    expect(offset.silence.stretches).toEqual([{ startMs: 0, endMs: 3000 }]);
    const words = analyse(3, (t) => [t % 1 < 0.4 ? 0 : sine(300, -20)(t)]);
    expect(words.silence.stretches).toEqual([]);
  });

  test('in more places than are worth a list: the longest ones', () => {
    const levels = new Uint8Array(50 * 6000 * 2).fill(200);
    for (let place = 0; place < 6000; place++)
      levels.fill(0, place * 100, place * 100 + (place % 10 ? 30 : 60));
    const { shortestMs, totalMs, stretches } = findSilences(levels, levels.length * 20);
    expect(totalMs).toBe(5400 * 600 + 600 * 1200);
    expect(shortestMs).toBe(1000);
    expect(stretches).toHaveLength(600);
    expect(stretches[1]).toEqual({ startMs: 20_000, endMs: 21_200 });
  });
});

describe('the spectrum', () => {
  test('of a tone', () => {
    const { spectrum } = analyse(5, both(sine(3000, -20)));
    expect(spectrum.centroidHz).toBeCloseTo(3000, -2);
    expect(spectrum.bandwidthHz).toBeLessThan(60);
    expect(Math.abs((spectrum.rolloffHz ?? 0) - 3000)).toBeLessThan(60);
    const loudest = spectrum.bands.toSorted((a, b) => (b.levelDb ?? -200) - (a.levelDb ?? -200))[0];
    expect(loudest?.centreHz).toBeGreaterThan(2800);
    expect(loudest?.centreHz).toBeLessThan(3500);
    // The mean square of a sine is 3 dB below its peak.
    expect(loudest?.levelDb).toBeCloseTo(-23, 0);
  });

  test('does not cancel when the sides do', () => {
    const { spectrum } = analyse(5, (t) => [sine(3000, -20)(t), -sine(3000, -20)(t)]);
    expect(spectrum.centroidHz).toBeCloseTo(3000, -2);
  });

  test('of noise is whole, of a telephone it is narrow', () => {
    const random = noise();
    const whole = analyse(5, () => [random() * 0.2, random() * 0.2]);
    expect(whole.spectrum.bandLimitHz).toBeNull();
    expect(whole.spectrum.centroidHz).toBeCloseTo(12_000, -3);
    // 3.4 kHz wide: the sum of many tones, with the noise of 16 bits above.
    const tones = Array.from({ length: 60 }, (_, n) => sine(300 + n * 52, -40, n * n));
    const telephone = analyse(5, (t) => [tones.reduce((sum, tone) => sum + tone(t), 0) + random() / 32_768]);
    expect(telephone.faults).toContain('narrow-band');
    expect(telephone.spectrum.bandLimitHz).toBeGreaterThan(3200);
    expect(telephone.spectrum.bandLimitHz).toBeLessThan(3900);
    expect(analyse(2, () => [random() * 0.2], { sampleRate: 8000 }).faults).toContain('narrow-band');
  });

  test('of silence has no figures', () => {
    expect(
      analyse(
        2,
        both(() => 0),
      ).spectrum,
    ).toMatchObject({ centroidHz: null, bandLimitHz: null });
  });
});

/** Width, height and shades of one of our own pictures, checked against the PNG specification's frame. */
function decodePng(bytes: Uint8Array) {
  const png = Buffer.from(bytes);
  expect(png.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    chunks.set(png.toString('latin1', at + 4, at + 8), png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  expect([...chunks.keys()]).toEqual(['IHDR', 'PLTE', 'IDAT', 'IEND']);
  const header = chunks.get('IHDR') ?? Buffer.alloc(13);
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const pixels = inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0));
  expect(pixels.length).toBe((width + 1) * height);
  return { width, height, shade: (x: number, y: number) => pixels[y * (width + 1) + 1 + x] ?? 0 };
}

describe('the spectrogram', () => {
  test('shows which tone sounds when', () => {
    const { spectrogram } = analyse(4, (t) => [sine(t < 2 ? 6000 : 18_000, -12)(t)]);
    const { width, height, shade } = decodePng(spectrogram);
    expect(height).toBe(256);
    const rowOf = (hz: number) => height - 1 - Math.floor((hz / (rate / 2)) * height);
    expect(shade(Math.floor(width / 4), rowOf(6000))).toBeGreaterThan(240);
    expect(shade(Math.floor(width / 4), rowOf(18_000))).toBe(0);
    expect(shade(Math.floor((width * 3) / 4), rowOf(18_000))).toBeGreaterThan(240);
    expect(shade(Math.floor((width * 3) / 4), rowOf(6000))).toBe(0);
  });

  test.each([0.005, 0.1, 30, 700])('of %f seconds has its size in bounds', (seconds) => {
    const { spectrogram } = analyse(seconds, (t) => [sine(1000, -12)(t)], { sampleRate: 8000 });
    const { width } = decodePng(spectrogram);
    expect(width).toBeGreaterThanOrEqual(seconds > 20 ? 700 : 1);
    expect(width).toBeLessThanOrEqual(1600);
  });
});

test('portions of any size make no difference', () => {
  const portions = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(portions, fc.integer(), fc.constantFrom<1 | 2>(1, 2), (lengths, seed, channels) => {
      const random = noise(seed);
      const samples = Float32Array.from({ length: 16_000 }, () => Math.min(1, random() * 1.5));
      const options = { sampleRate: 8000, channels, fullScale: 1 };
      const whole = new SoundAnalyser(options);
      whole.push(samples);
      const parted = new SoundAnalyser(options);
      for (let at = 0, turn = 0; at < samples.length; turn++) {
        const length = lengths[turn % lengths.length] ?? 1;
        parted.push(samples.subarray(at, at + length));
        at += length;
      }
      expect(parted.finish()).toEqual(whole.finish());
    }),
    { numRuns: 30 },
  );
});

test('the transform is the sum that defines it', () => {
  const size = 64;
  const random = noise(7);
  const [re, im] = [Float64Array.from({ length: size }, random), Float64Array.from({ length: size }, random)];
  const direct = Array.from({ length: size }, (_, k) => {
    let [r, m] = [0, 0];
    for (let n = 0; n < size; n++) {
      const angle = (-2 * Math.PI * k * n) / size;
      r += (re[n] ?? 0) * Math.cos(angle) - (im[n] ?? 0) * Math.sin(angle);
      m += (re[n] ?? 0) * Math.sin(angle) + (im[n] ?? 0) * Math.cos(angle);
    }
    return [r, m] as const;
  });
  new Fft(size).transform(re, im);
  for (const [k, [r, m]] of direct.entries()) {
    expect(re[k]).toBeCloseTo(r, 9);
    expect(im[k]).toBeCloseTo(m, 9);
  }
});
