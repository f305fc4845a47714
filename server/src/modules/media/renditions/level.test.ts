import { describe, expect, test } from 'vitest';
import { correctLevel, levelFault, type MeasuredLevel, planLevel } from './level.ts';

const SPEECH: MeasuredLevel = {
  status: 'completed',
  loudnessState: 'measured',
  integratedLufs: -27,
  truePeakDbtp: -15,
  channels: 2,
};

describe('a level is reached', () => {
  test.each([
    ['by gain alone where peaks stay low', SPEECH, -16, 'mp3', 11, null],
    ['downwards too', { ...SPEECH, integratedLufs: -9, truePeakDbtp: 0.5 }, -23, 'aac', -14, null],
    ['with a ceiling where peaks would rise too high', { ...SPEECH, truePeakDbtp: -3 }, -16, 'mp3', 11, -1.5],
    ['with a higher one where nothing is lost', { ...SPEECH, truePeakDbtp: -3 }, -16, 'flac', 11, -1],
    ['with a ceiling where the peak is not known', { ...SPEECH, truePeakDbtp: null }, -23, 'wav', 4, -1],
  ] as const)('%s', (_how, measured, target, format, gainDb, ceilingDb) => {
    expect(planLevel(measured, target, format)).toEqual({ gainDb, ceilingDb });
  });

  test('and corrected by what the limiter took, but not for what nobody hears', () => {
    const level = { gainDb: 11, ceilingDb: -1 };
    const first = { gainDb: 11, lufs: -17.5 };
    expect(correctLevel(level, [first], -16)).toEqual({ gainDb: 13, ceilingDb: -1 });
    // Two decibels brought one: twice as much is needed for the rest.
    expect(correctLevel(level, [first, { gainDb: 13, lufs: -16.5 }], -16)?.gainDb).toBeCloseTo(14);
    // A figure that makes no sense does not run away.
    expect(correctLevel(level, [first, { gainDb: 13, lufs: -17.6 }], -16)?.gainDb).toBeCloseTo(21);
    expect(correctLevel(level, [{ gainDb: 11, lufs: -16.1 }], -16)).toBeNull();
  });
});

test.each([
  ['as usual', SPEECH, -16, null],
  ['not measured', { ...SPEECH, status: 'error' }, -16, /could not be measured/],
  ['silent', { ...SPEECH, loudnessState: 'silent', integratedLufs: null }, -16, /silent/],
  ['too short', { ...SPEECH, loudnessState: 'too-short', integratedLufs: null }, -16, /too short/],
  ['too quiet', { ...SPEECH, integratedLufs: -60 }, -16, /-60\.0 LUFS/],
  ['two channels at −19', SPEECH, -19, /one channel/],
  ['one channel at −19', { ...SPEECH, channels: 1 }, -19, null],
] as const)('a sound that is %s', (_what, measured, target, expected) => {
  const fault = levelFault(measured, target);
  if (expected === null) expect(fault).toBeNull();
  else expect(fault).toMatch(expected);
});
