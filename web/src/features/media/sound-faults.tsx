import { useQuery } from '@tanstack/react-query';
import { useServices } from '../../app-services.ts';
import { formatClock } from '../../i18n/clock-time.ts';
import { formatNumber, formatPercent } from '../../i18n/format.ts';
import { type Translate, useText } from '../../i18n/language.ts';
import { spectrumOf } from '../../player/measured.ts';
import type { Track } from '../../player/track.ts';
import { Button } from '../../ui/controls.tsx';
import { Icon } from '../../ui/icons.tsx';
import type { Loudness } from './loudness.ts';

type Fault = Loudness['faults'][number];

/** Heard a little before it begins, so that one knows what to listen for. */
const leadInSeconds = 1;

interface FaultWords {
  what: string;
  advice: string;
}

interface FaultValues {
  share: string;
  clippedRuns: number;
  /** Where the band ends, in kHz as the reader writes it; null when it is not known. */
  bandKhz: string | null;
}

const words: Record<Fault['code'], (t: Translate, values: FaultValues) => FaultWords> = {
  silent: (t) => ({ what: t('sound.fault.silent'), advice: t('sound.advice.silent') }),
  quiet: (t) => ({ what: t('sound.fault.quiet'), advice: t('sound.advice.quiet') }),
  clipped: (t, { clippedRuns: count }) => ({
    what: t('sound.fault.clipped'),
    advice: t('sound.advice.clipped', { count }),
  }),
  'over-full-scale': (t) => ({
    what: t('sound.fault.overFullScale'),
    advice: t('sound.advice.overFullScale'),
  }),
  'dead-left': (t, { share }) => ({
    what: t('sound.fault.deadLeft', { share }),
    advice: t('sound.advice.deadSide'),
  }),
  'dead-right': (t, { share }) => ({
    what: t('sound.fault.deadRight', { share }),
    advice: t('sound.advice.deadSide'),
  }),
  'same-on-both': (t) => ({ what: t('sound.fault.sameOnBoth'), advice: t('sound.advice.sameOnBoth') }),
  inverted: (t, { share }) => ({
    what: t('sound.fault.inverted', { share }),
    advice: t('sound.advice.inverted'),
  }),
  'dc-offset': (t) => ({ what: t('sound.fault.dcOffset'), advice: t('sound.advice.dcOffset') }),
  'narrow-band': (t, { bandKhz: khz }) => ({
    what: t('sound.fault.narrowBand'),
    advice: khz === null ? t('sound.advice.narrowBandSomewhere') : t('sound.advice.narrowBand', { khz }),
  }),
  'invalid-samples': (t) => ({
    what: t('sound.fault.invalidSamples'),
    advice: t('sound.advice.invalidSamples'),
  }),
};

interface SoundFaultsProps {
  track: Track;
  recordingId: string;
  loudness: Loudness;
}

/** What is wrong with a sound, in plain words, with what to do and a way to hear it. */
export function SoundFaults({ track, recordingId, loudness }: SoundFaultsProps) {
  const { t, language } = useText();
  const { session } = useServices();
  const { faults, clipping } = loudness;
  const spectrum = useQuery({
    ...spectrumOf(session.client, recordingId),
    enabled: faults.some(({ code }) => code === 'narrow-band'),
  });
  const bandHertz = spectrum.data?.band_limit_hz ?? null;
  const values = (fault: Fault): FaultValues => ({
    share: t('sound.share', { percent: formatPercent((fault.share ?? 1) * 100, language) }),
    clippedRuns: clipping.runs,
    bandKhz: bandHertz === null ? null : formatNumber(bandHertz / 1000, language, 1),
  });
  return (
    <div>
      <h2 className="mb-3 font-medium">{t('sound.faults')}</h2>
      {faults.length === 0 && <p className="text-soft">{t('sound.noFaults')}</p>}
      <ul className="flex flex-col gap-4">
        {faults.map((fault) => (
          <FaultItem key={fault.code} {...words[fault.code](t, values(fault))} track={track} fault={fault} />
        ))}
      </ul>
    </div>
  );
}

function FaultItem({ what, advice, track, fault }: FaultWords & { track: Track; fault: Fault }) {
  const { t } = useText();
  const { player } = useServices();
  const { start } = fault;
  return (
    <li className="border-l-2 border-ink pl-4">
      <p className="font-medium">{what}</p>
      <p className="text-soft">{advice}</p>
      {start !== null && (
        <Button
          look="quiet"
          className="mt-0.5"
          onClick={() => player.play(track, Math.max(0, start - leadInSeconds))}
        >
          <Icon name="play" size={13} />
          {t('sound.faultListen', { time: formatClock(start) })}
        </Button>
      )}
    </li>
  );
}
