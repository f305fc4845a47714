import { addressOf } from '@antenne/client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useMay, usePlayerState, useServices } from '../../app-services.ts';
import { formatBytes } from '../../i18n/format.ts';
import { useText } from '../../i18n/language.ts';
import { isSameFile, type Track } from '../../player/track.ts';
import { Button, IconButton, Progress } from '../../ui/controls.tsx';
import { Icon } from '../../ui/icons.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { AskRendition } from './ask-rendition.tsx';
import { download } from './download.ts';
import type { Recording } from './recording.ts';

type Rendition = Recording['renditions'][number];

const keyOf = ({ format, quality }: Rendition): string => `${format} ${quality}`;

/** The forms a recording exists in: to hear, to take away, and others to ask for. */
export function RecordingRenditions({ recording, track }: { recording: Recording; track: Track }) {
  const { t } = useText();
  const { session } = useServices();
  const queries = useQueryClient();
  const maySign = useMay('media.read');
  const mayWrite = useMay('media.write');
  const path = { id: recording.id };
  const take = useMutation({
    mutationFn: async ({ format, quality }: Rendition) => {
      const name = `${recording.title}.${format}`;
      if (!maySign) {
        // Public, or whoever reads this page could not: no signature is asked.
        download(addressOf('', '/api/recordings/{id}/download', { path, query: { format, quality } }), name);
        return;
      }
      const body = { path: 'download', format, quality } as const;
      const signed = await session.client.post('/api/recordings/{id}/sign', { path, body });
      download(signed.url, name);
    },
  });
  const retry = useMutation({
    mutationFn: ({ format, quality }: Rendition) =>
      session.client.post('/api/recordings/{id}/renditions', { path, body: { format, quality } }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['recording', recording.id] }),
  });
  const mayAsk = mayWrite && recording.status === 'ready';
  if (recording.renditions.length === 0 && !mayAsk) return null;
  const problem = take.error ?? retry.error;
  return (
    <section aria-label={t('recordings.renditions')} className="mt-8">
      <h2 className="font-medium">{t('recordings.renditions')}</h2>
      <p className="mb-3 text-note text-faint">{t('recordings.renditionsLead')}</p>
      <ul className="border-b border-line">
        {recording.renditions.map((rendition) => (
          <RenditionRow
            key={keyOf(rendition)}
            rendition={rendition}
            track={track}
            onTake={() => take.mutate(rendition)}
            onRetry={mayAsk ? () => retry.mutate(rendition) : null}
          />
        ))}
      </ul>
      {problem !== null && (
        <div className="mt-4">
          <ProblemNote problem={problem} />
        </div>
      )}
      {mayAsk && <AskRendition recordingId={recording.id} />}
    </section>
  );
}

interface RenditionRowProps {
  rendition: Rendition;
  track: Track;
  onTake(): void;
  onRetry: (() => void) | null;
}

function RenditionRow({ rendition, track, onTake, onRetry }: RenditionRowProps) {
  const { t, language } = useText();
  const { format, quality, status, file_size: sizeBytes } = rendition;
  const written = quality === 'lossless' ? t('rendition.lossless') : quality;
  const name = { format: format.toUpperCase(), quality: written };
  return (
    <li className="grid min-h-12 grid-cols-[2.25rem_minmax(0,1fr)_auto] items-center gap-x-2 border-t border-line">
      {status === 'completed' ? <PlayFile track={{ ...track, rendition: { format, quality } }} /> : <span />}
      <span className="truncate">
        {name.format} <span className="text-faint">{written}</span>
        {status === 'completed' && sizeBytes !== null && (
          <span className="text-faint"> · {formatBytes(sizeBytes, language)}</span>
        )}
      </span>
      {status === 'completed' && (
        <Button look="quiet" className="mr-0" aria-label={t('debat.downloadNamed', name)} onClick={onTake}>
          <Icon name="download" size={16} />
          {t('recordings.download')}
        </Button>
      )}
      {status === 'error' && (
        <span className="flex items-center gap-3 text-signal-text">
          {t('recordings.renditionError')}
          {onRetry !== null && (
            <Button look="quiet" className="mr-0" aria-label={t('rendition.retry', name)} onClick={onRetry}>
              {t('debat.retry')}
            </Button>
          )}
        </span>
      )}
      {(status === 'pending' || status === 'extracting') && (
        <span className="flex w-32 items-center gap-3 text-note text-faint">
          <span className="shrink-0">{t('recordings.renditionPending')}</span>
          <Progress label={t('recordings.renditionPending')} percent={null} />
        </span>
      )}
    </li>
  );
}

/** Hears one file as it is, from where the sound is; the same place in another file is one press away. */
function PlayFile({ track }: { track: Track }) {
  const { t } = useText();
  const { player } = useServices();
  const isHeard = usePlayerState(
    ({ track: current, phase }) =>
      current !== null &&
      player.isCurrent(track) &&
      isSameFile(current, track) &&
      (phase === 'playing' || phase === 'loading' || phase === 'recovering'),
  );
  const name = {
    format: track.rendition?.format.toUpperCase() ?? '',
    quality: track.rendition?.quality ?? '',
  };
  return (
    <IconButton
      name={t(isHeard ? 'rendition.pause' : 'rendition.play', name)}
      icon={isHeard ? 'pause' : 'play'}
      size={14}
      className={`-ml-2.5 ${isHeard ? 'text-signal-text' : ''}`}
      onClick={() => (isHeard ? player.pause() : player.play(track))}
    />
  );
}
