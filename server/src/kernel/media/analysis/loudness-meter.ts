import { GatedHistogram, toLufs } from './gated-histogram.ts';
import { HalvingSeries } from './halving-series.ts';
import { KWeighting } from './k-weighting.ts';

/** 10 ms blocks in the step of 100 ms by which the windows of EBU R128 advance. */
const blocksPerStep = 10;
/** Momentary loudness is that of 400 ms, short-term that of 3 s (EBU Tech 3341). */
const momentarySteps = 4;
const shortTermSteps = 30;
const stepsPerSecond = 10;
const mostCurvePoints = 2000;
/** What the curve shows for silence. */
const curveFloor = -70;

/** `silent` has no loudness, `too-short` is less than one window of 400 ms. */
export type LoudnessState = 'measured' | 'silent' | 'too-short';

/** Loudness after EBU R128. */
export interface Loudness {
  state: LoudnessState;
  integratedLufs: number | null;
  /** 0 for sound shorter than 3 s. */
  rangeLu: number | null;
  maxMomentaryLufs: number | null;
  maxShortTermLufs: number | null;
  /** Short-term loudness, a value per so many seconds; null where it is silent. */
  curve: { secondsPerPoint: number; lufs: (number | null)[] };
}

/** Measures the loudness of one channel or two, in blocks of 10 ms. */
export class LoudnessMeter {
  readonly #weighting: KWeighting;
  /** The other side of a mono sound. */
  readonly #nothing: Float32Array;
  readonly #samplesPerStep: number;
  readonly #steps = new Float64Array(shortTermSteps);
  readonly #momentary = new GatedHistogram();
  readonly #shortTerm = new GatedHistogram();
  readonly #curve = new HalvingSeries(mostCurvePoints);
  #stepEnergy = 0;
  #blocks = 0;
  #count = 0;
  #highestMomentary = 0;
  #highestShortTerm = 0;

  constructor(sampleRate: number) {
    this.#weighting = new KWeighting(sampleRate);
    this.#nothing = new Float32Array(sampleRate / 100);
    this.#samplesPerStep = (sampleRate / 100) * blocksPerStep;
  }

  push([left, right = this.#nothing]: readonly Float32Array[]): void {
    if (left) this.#stepEnergy += this.#weighting.energy(left, right);
    this.#blocks += 1;
    if (this.#blocks === blocksPerStep) this.#closeStep();
  }

  result(): Loudness {
    const integrated = this.#momentary.integrated();
    const isMeasured = integrated !== null;
    return {
      state: isMeasured ? 'measured' : this.#count < momentarySteps ? 'too-short' : 'silent',
      integratedLufs: integrated,
      rangeLu: isMeasured ? this.#shortTerm.range() : null,
      maxMomentaryLufs: orNull(toLufs(this.#highestMomentary)),
      maxShortTermLufs: orNull(toLufs(this.#highestShortTerm)),
      curve: {
        secondsPerPoint: this.#curve.span,
        lufs: this.#curve.values().map((energy) => orNull(toLufs(energy))),
      },
    };
  }

  #closeStep(): void {
    this.#steps[this.#count % shortTermSteps] = this.#stepEnergy / this.#samplesPerStep;
    this.#stepEnergy = 0;
    this.#blocks = 0;
    this.#count += 1;
    if (this.#count >= momentarySteps) {
      const energy = this.#meanOfLast(momentarySteps);
      this.#momentary.add(energy);
      this.#highestMomentary = Math.max(this.#highestMomentary, energy);
    }
    const shortTerm = this.#meanOfLast(Math.min(this.#count, shortTermSteps));
    if (this.#count >= shortTermSteps) {
      this.#shortTerm.add(shortTerm);
      this.#highestShortTerm = Math.max(this.#highestShortTerm, shortTerm);
    }
    if (this.#count % stepsPerSecond === 0) this.#curve.push(shortTerm);
  }

  #meanOfLast(steps: number): number {
    let sum = 0;
    for (let back = 1; back <= steps; back++) sum += this.#steps[(this.#count - back) % shortTermSteps] ?? 0;
    return sum / steps;
  }
}

function orNull(lufs: number): number | null {
  return lufs > curveFloor ? lufs : null;
}
