import { addressOf } from '@antenne/client';
import { useQuery } from '@tanstack/react-query';
import { useMay, useServices } from '../../app-services.ts';
import { formatClock } from '../../i18n/clock-time.ts';
import { formatBytes, formatNumber } from '../../i18n/format.ts';
import { useText } from '../../i18n/language.ts';
import { Fact } from '../../ui/page.tsx';
import { OutLink } from '../archive/debat-facts.tsx';
import type { Recording } from './recording.ts';

/** What a recording is made of, as found in its bytes. */
export function RecordingFacts({ recording }: { recording: Recording }) {
  const { t, language } = useText();
  const { channels } = recording;
  const tags = useTags(recording);
  const unit = (value: number | null, name: string, digits = 0) =>
    value === null ? null : `${formatNumber(value, language, digits)}\u00a0${name}`;
  return (
    <aside>
      <h2 className="mb-2 font-medium max-lg:hidden">{t('recordings.technical')}</h2>
      <dl className="border-b border-line">
        <Fact name={t('debat.duration')}>
          {recording.duration_seconds === null ? null : formatClock(recording.duration_seconds)}
        </Fact>
        <Fact name={t('sound.container')}>{containerOf(recording.mime_type)}</Fact>
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
        <Fact name={t('recordings.file')}>{recording.filename}</Fact>
        <Fact name={t('recordings.origin')}>
          {recording.source_url === null ? null : <OutLink address={recording.source_url} />}
        </Fact>
        <Fact name={t('recordings.checksum')}>
          {recording.sha256 === null ? null : <span className="text-note">{recording.sha256}</span>}
        </Fact>
        <Fact name={t('sound.tagTitle')}>{tags?.title}</Fact>
        <Fact name={t('sound.tagArtist')}>{tags?.artist}</Fact>
        <Fact name={t('sound.tagAlbum')}>{tags?.album}</Fact>
        <Fact name={t('sound.tagYear')}>{tags?.year}</Fact>
        <Fact name={t('sound.tagGenre')}>{tags?.genre}</Fact>
      </dl>
      {tags?.artwork_available === true && <Cover recordingId={recording.id} />}
    </aside>
  );
}

const containers: Record<string, string> = {
  'audio/mpeg': 'MP3',
  'audio/mp4': 'MP4',
  'audio/x-m4a': 'MP4',
  'video/mp4': 'MP4',
  'video/quicktime': 'QuickTime',
  'audio/wav': 'WAV',
  'audio/x-wav': 'WAV',
  'audio/flac': 'FLAC',
  'audio/ogg': 'Ogg',
  'video/ogg': 'Ogg',
  'audio/webm': 'WebM',
  'video/webm': 'WebM',
  'audio/x-matroska': 'Matroska',
  'video/x-matroska': 'Matroska',
  'audio/aiff': 'AIFF',
  'video/mp2t': 'MPEG-TS',
};

/** What the bytes are wrapped in; the type itself where it has no better name. */
const containerOf = (mimeType: string | null): string | null =>
  mimeType === null ? null : (containers[mimeType] ?? mimeType);

/** What whoever made the file wrote into it. */
function useTags(recording: Recording) {
  const { session } = useServices();
  const tags = useQuery({
    queryKey: ['tags', recording.id],
    queryFn: ({ signal }) =>
      session.client.get('/api/audio/{file}/metadata', { path: { file: recording.id }, signal }),
    enabled: recording.status === 'ready',
    staleTime: Number.POSITIVE_INFINITY,
  });
  return tags.data;
}

/** The picture in the file. An image carries no token: its address is signed where one must be. */
function Cover({ recordingId }: { recordingId: string }) {
  const { t } = useText();
  const { session } = useServices();
  const maySign = useMay('media.read');
  const address = useQuery({
    queryKey: ['cover', recordingId, maySign],
    queryFn: async () => {
      const path = { id: recordingId };
      if (!maySign) return addressOf('', '/api/recordings/{id}/cover', { path });
      return (await session.client.post('/api/recordings/{id}/sign', { path, body: { path: 'cover' } })).url;
    },
    staleTime: 3_600_000,
  });
  if (address.data === undefined) return null;
  return (
    <img src={address.data} alt={t('sound.cover')} className="mt-4 size-40 rounded-(--radius) object-cover" />
  );
}
