import { ByteList } from '../byte-list.ts';
import { levelFrameMs, levelOf } from '../speech-levels.ts';
import { waveformFooter, waveformHeader } from '../waveform-file.ts';
import { WaveformPoints } from '../waveform-points.ts';
import { ChannelChecks } from './channel-checks.ts';
import { ClippingFinder } from './clipping.ts';
import { findSilences } from './find-silences.ts';
import { LoudnessMeter } from './loudness-meter.ts';
import { SampleBlock } from './sample-block.ts';
import type { SoundFigures } from './sound-figures.ts';
import { spectrogramPng } from './spectrogram-png.ts';
import { SpectrumMeter } from './spectrum-meter.ts';
import { TruePeak } from './true-peak.ts';

const blocksPerSecond = 100;

/** What the samples are, which arrive interleaved. */
export interface AnalyserOptions {
  /** A multiple of 100. */
  sampleRate: number;
  channels: 1 | 2;
  /** The magnitude from which a sample counts as cut off. */
  fullScale: number;
}

/** Everything that is made of a sound. */
export interface AnalysedSound {
  figures: SoundFigures;
  /** The parts of a waveform file, in order. */
  waveform: Uint8Array[];
  spectrogram: Uint8Array;
}

/**
 * Measures a sound from its samples, in portions of any size, in one pass. Memory does not depend on the length but for
 * the waveform and the levels: 15 MB for 12 hours.
 */
export class SoundAnalyser {
  readonly #options: AnalyserOptions;
  readonly #block: SampleBlock;
  readonly #points = new WaveformPoints();
  readonly #levels = new ByteList();
  readonly #loudness: LoudnessMeter;
  readonly #peaks: TruePeak[];
  readonly #clipping: ClippingFinder;
  readonly #stereo = new ChannelChecks();
  readonly #spectrum: SpectrumMeter;
  /** Samples that did not fill a block yet. */
  #rest = new Float32Array(0);
  readonly #sums = new Float64Array(2);
  readonly #second = { left: 0, right: 0, product: 0, samples: 0 };
  readonly #level = { sum: [0, 0], squares: [0, 0], samples: 0 };
  #blocks = 0;
  #samples = 0;
  #invalid = 0;

  constructor(options: AnalyserOptions) {
    const { sampleRate, channels, fullScale } = options;
    this.#options = options;
    this.#block = new SampleBlock(sampleRate / blocksPerSecond, channels);
    this.#loudness = new LoudnessMeter(sampleRate);
    this.#peaks = Array.from({ length: channels }, () => new TruePeak());
    this.#clipping = new ClippingFinder(sampleRate, channels, fullScale);
    this.#spectrum = new SpectrumMeter(sampleRate, channels);
  }

  push(interleaved: Float32Array): void {
    const size = (this.#options.sampleRate / blocksPerSecond) * this.#options.channels;
    let at = 0;
    if (this.#rest.length > 0) {
      at = Math.min(interleaved.length, size - this.#rest.length);
      this.#rest = joined(this.#rest, interleaved.subarray(0, at));
      if (this.#rest.length < size) return;
      this.#measure(this.#block, this.#rest, 0);
      this.#rest = new Float32Array(0);
    }
    for (; at + size <= interleaved.length; at += size) this.#measure(this.#block, interleaved, at);
    if (at < interleaved.length) this.#rest = interleaved.slice(at);
  }

  /** Nothing may be pushed afterwards. */
  finish(): AnalysedSound {
    const { sampleRate, channels } = this.#options;
    const left = Math.floor(this.#rest.length / channels);
    if (left > 0) this.#measure(new SampleBlock(left, channels), this.#rest, 0);
    if (this.#second.samples > 0) this.#stereo.push(this.#second);
    if (this.#level.samples > 0) this.#closeLevel();
    const spectrum = this.#spectrum.result();
    const { minMax, rms, overview } = this.#points.finish();
    const header = waveformHeader(sampleRate, this.#points.points);
    return {
      figures: { ...this.#figures(), spectrum },
      waveform: [header, minMax, rms, overview, waveformFooter(this.#samples)],
      spectrogram: spectrogramPng(this.#spectrum.columns),
    };
  }

  #measure(block: SampleBlock, samples: Float32Array, at: number): void {
    block.fill(samples, at);
    const length = block.channels[0]?.length ?? 0;
    for (const [index, channel] of block.channels.entries()) {
      const highest = block.magnitude[index] ?? 0;
      this.#peaks[index]?.push(channel, highest);
      this.#clipping.push(index, channel, highest, this.#samples);
      this.#sums[index] = (this.#sums[index] ?? 0) + (block.sum[index] ?? 0);
    }
    this.#loudness.push(block.channels);
    this.#spectrum.push(block.channels);
    this.#invalid += block.invalid;
    this.#samples += length;
    this.#blocks += 1;
    this.#add(block, length);
  }

  /** Into what is told by the point, the level and the second. */
  #add(block: SampleBlock, length: number): void {
    const [left = 0, right = 0] = block.squares;
    const power = (left + right) / (length * block.channels.length);
    this.#points.push(block.lowest, block.highest, power);
    for (const side of [0, 1]) {
      this.#level.sum[side] = (this.#level.sum[side] ?? 0) + (block.sum[side] ?? 0);
      this.#level.squares[side] = (this.#level.squares[side] ?? 0) + (block.squares[side] ?? 0);
    }
    this.#level.samples += length;
    if (this.#blocks % (levelFrameMs / 10) === 0) this.#closeLevel();
    this.#second.left += left;
    this.#second.right += right;
    this.#second.product += block.product;
    this.#second.samples += length;
    if (this.#blocks % blocksPerSecond === 0) this.#closeSecond();
  }

  /** A constant offset is no sound. */
  #closeLevel(): void {
    const { sum, squares, samples } = this.#level;
    let power = 0;
    for (let side = 0; side < this.#options.channels; side++) {
      power += Math.max(0, (squares[side] ?? 0) / samples - ((sum[side] ?? 0) / samples) ** 2);
    }
    this.#levels.push(levelOf(10 * Math.log10(power / this.#options.channels)));
    Object.assign(this.#level, { sum: [0, 0], squares: [0, 0], samples: 0 });
  }

  #closeSecond(): void {
    if (this.#options.channels === 2) this.#stereo.push(this.#second);
    Object.assign(this.#second, { left: 0, right: 0, product: 0, samples: 0 });
  }

  #figures(): Omit<SoundFigures, 'spectrum'> {
    const { sampleRate, channels } = this.#options;
    const durationMs = (this.#samples / sampleRate) * 1000;
    return {
      sampleRate,
      channels,
      durationMs,
      loudness: this.#loudness.result(),
      truePeakDb: decibels(Math.max(...this.#peaks.map(({ peak }) => peak))),
      samplePeakDb: decibels(Math.max(...this.#peaks.map(({ samplePeak }) => samplePeak))),
      silence: findSilences(this.#levels.bytes, durationMs),
      clipping: this.#clipping.result(this.#samples),
      stereo: channels === 2 ? this.#stereo.result() : null,
      offsets: [...this.#sums.subarray(0, channels)].map((sum) => sum / Math.max(1, this.#samples)),
      invalidSamples: this.#invalid,
    };
  }
}

function decibels(magnitude: number): number | null {
  return magnitude > 0 ? 20 * Math.log10(magnitude) : null;
}

function joined(first: Float32Array, second: Float32Array): Float32Array<ArrayBuffer> {
  const both = new Float32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
