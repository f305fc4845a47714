import { formatBytes, formatLength, formatNumber } from '../../i18n/format.ts';
import { useText } from '../../i18n/language.ts';
import { Fact } from '../../ui/page.tsx';
import { OutLink } from '../archive/debat-facts.tsx';
import type { Recording } from './recording.ts';

/** What a recording is made of, as found in its bytes. */
export function RecordingFacts({ recording }: { recording: Recording }) {
  const { t, language } = useText();
  const { loudness, channels } = recording;
  const decimal = (value: number | null | undefined) =>
    value == null ? '–' : formatNumber(value, language, 1).replace('-', '\u2212');
  const unit = (value: number | null, name: string, digits = 0) =>
    value === null ? null : `${formatNumber(value, language, digits)}\u00a0${name}`;
  return (
    <aside>
      <h2 className="mb-2 font-medium max-lg:hidden">{t('recordings.technical')}</h2>
      <dl className="border-b border-line">
        <Fact name={t('debat.duration')}>
          {recording.duration_seconds === null ? null : formatLength(recording.duration_seconds, language)}
        </Fact>
        <Fact name={t('recordings.codec')}>{recording.codec?.toUpperCase()}</Fact>
        <Fact name={t('recordings.sampleRate')}>
          {unit(recording.sample_rate === null ? null : recording.sample_rate / 1000, 'kHz', 1)}
        </Fact>
        <Fact name={t('recordings.channels')}>
          {channels === 1 ? t('recordings.mono') : channels === 2 ? t('recordings.stereo') : channels}
        </Fact>
        <Fact name={t('recordings.bitrate')}>{unit(recording.bitrate_kbps, 'kbit/s')}</Fact>
        <Fact name={t('recordings.size')}>
          {recording.file_size === null ? null : formatBytes(recording.file_size, language)}
        </Fact>
        <Fact name={t('recordings.loudness')}>
          {loudness?.integrated_lufs == null
            ? null
            : t('recordings.loudnessValue', {
                lufs: decimal(loudness.integrated_lufs),
                range: decimal(loudness.range_lu),
                peak: decimal(loudness.true_peak_dbtp),
              })}
        </Fact>
        <Fact name={t('recordings.file')}>{recording.filename}</Fact>
        <Fact name={t('recordings.origin')}>
          {recording.source_url === null ? null : <OutLink address={recording.source_url} />}
        </Fact>
        <Fact name={t('recordings.checksum')}>
          {recording.sha256 === null ? null : <span className="text-note">{recording.sha256}</span>}
        </Fact>
      </dl>
    </aside>
  );
}
