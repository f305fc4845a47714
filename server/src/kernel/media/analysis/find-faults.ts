import type { SecondsFound } from './channel-checks.ts';
import type { SoundFigures } from './sound-figures.ts';

/** Stable names of what may be wrong with a sound; what they mean to a person is the reader's to say. */
export const faultCodes = [
  'silent',
  'quiet',
  'clipped',
  'over-full-scale',
  'dead-left',
  'dead-right',
  'same-on-both',
  'inverted',
  'dc-offset',
  'narrow-band',
  'invalid-samples',
] as const;
/** A name of {@link faultCodes}. */
export type FaultCode = (typeof faultCodes)[number];

/** One thing that is wrong. */
export interface SoundFault {
  code: FaultCode;
  /** Of the seconds with sound, for the faults of channels; else null. */
  share: number | null;
  /** Where it begins, for the faults of channels and for clipping; else null. */
  fromMs: number | null;
}

const quietLufs = -35;
const fewestClippedRuns = 5;
/** A channel is at fault when this much of the sound is. */
const partialShare = 0.05;
const wholeShare = 0.95;
const largestOffset = 0.005;
/** A telephone ends at 3.4 kHz, or at 4 for want of samples. */
const narrowHz = 4500;
/** A single tone is narrow by itself, whatever line it came through. */
const narrowestHz = 200;

/** Names what is wrong, from the figures alone. */
export function findFaults(figures: SoundFigures): SoundFault[] {
  const { loudness, clipping, truePeakDb, invalidSamples } = figures;
  const faults: SoundFault[] = [];
  const add = (code: FaultCode, fromMs: number | null = null) => faults.push({ code, share: null, fromMs });
  if (loudness.state === 'silent' || truePeakDb === null) add('silent');
  if (loudness.integratedLufs !== null && loudness.integratedLufs < quietLufs) add('quiet');
  if (clipping.runs >= fewestClippedRuns) add('clipped', clipping.places[0]?.startMs ?? null);
  if (truePeakDb !== null && truePeakDb > 0) add('over-full-scale');
  faults.push(...channelFaults(figures));
  if (figures.offsets.some((offset) => Math.abs(offset) > largestOffset)) add('dc-offset');
  if (isNarrow(figures)) add('narrow-band');
  if (invalidSamples > 0) add('invalid-samples');
  return faults;
}

function channelFaults({ stereo }: SoundFigures): SoundFault[] {
  if (stereo === null || stereo.sounding === 0) return [];
  const faults: SoundFault[] = [];
  const add = (code: FaultCode, { count, first }: SecondsFound, least: number) => {
    const share = count / stereo.sounding;
    if (share < least || first === null) return;
    faults.push({ code, share: Math.round(share * 1000) / 1000, fromMs: first * 1000 });
  };
  add('dead-left', stereo.deadLeft, partialShare);
  add('dead-right', stereo.deadRight, partialShare);
  add('same-on-both', stereo.same, wholeShare);
  add('inverted', stereo.inverted, partialShare);
  return faults;
}

function isNarrow({ sampleRate, spectrum }: SoundFigures): boolean {
  if ((spectrum.bandwidthHz ?? 0) < narrowestHz) return false;
  return Math.min(sampleRate / 2, spectrum.bandLimitHz ?? Number.POSITIVE_INFINITY) <= narrowHz;
}
