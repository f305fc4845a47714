/** Mean squares: a second below the first is no sound, a channel below the second while the other sounds is dead. */
const sounding = 10 ** (-60 / 10);
const dead = 10 ** (-75 / 10);
/** Sides that differ by less than this share of their energy are one signal. */
const sameSide = 10 ** (-40 / 10);
/** A correlation below this is one signal with one side turned over. */
const inverted = -0.9;
/** Sides whose levels differ more than this (12 dB) cannot cancel each other. */
const comparable = 10 ** (12 / 10);

/** What was found in single seconds of a stereo sound; `from…` is the first such second, null for none. */
export interface StereoSeconds {
  sounding: number;
  deadLeft: SecondsFound;
  deadRight: SecondsFound;
  same: SecondsFound;
  inverted: SecondsFound;
}

/** How many seconds, and the first of them. */
export interface SecondsFound {
  count: number;
  first: number | null;
}

/** Sums of the samples of two channels over some time. */
export interface StereoSums {
  left: number;
  right: number;
  product: number;
  samples: number;
}

/** Looks at a stereo sound second by second. */
export class ChannelChecks {
  #second = 0;
  readonly #found: StereoSeconds = {
    sounding: 0,
    deadLeft: { count: 0, first: null },
    deadRight: { count: 0, first: null },
    same: { count: 0, first: null },
    inverted: { count: 0, first: null },
  };

  /** Sums of squares and of products over one second. */
  push(sums: StereoSums): void {
    const second = this.#second++;
    if (Math.max(sums.left, sums.right) / sums.samples < sounding) return;
    this.#found.sounding += 1;
    const fault = faultOf(sums);
    if (fault === null) return;
    this.#found[fault].count += 1;
    this.#found[fault].first ??= second;
  }

  result(): StereoSeconds {
    return this.#found;
  }
}

function faultOf({
  left,
  right,
  product,
  samples,
}: StereoSums): Exclude<keyof StereoSeconds, 'sounding'> | null {
  if (left / samples < dead) return 'deadLeft';
  if (right / samples < dead) return 'deadRight';
  const side = left + right - 2 * product;
  const mid = left + right + 2 * product;
  if (side < mid * sameSide) return 'same';
  const correlation = product / Math.sqrt(left * right);
  const ratio = Math.max(left / right, right / left);
  return correlation < inverted && ratio < comparable ? 'inverted' : null;
}
