import { addressOf } from '@antenne/client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useMay, usePlayerState, useServices } from '../../app-services.ts';
import { formatBytes } from '../../i18n/format.ts';
import { useText } from '../../i18n/language.ts';
import { renditionName } from '../../player/rendition-name.ts';
import { askFor, isSameFile, type Track } from '../../player/track.ts';
import { Button, IconButton, Progress } from '../../ui/controls.tsx';
import { Icon } from '../../ui/icons.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { AskRendition } from './ask-rendition.tsx';
import { download } from './download.ts';
import type { Recording } from './recording.ts';

type Rendition = Recording['renditions'][number];

/** What one may do about a rendition. */
function useRenditionDeeds(recording: Recording) {
  const { session } = useServices();
  const queries = useQueryClient();
  const maySign = useMay('media.read');
  const path = { id: recording.id };
  const onSettled = () => queries.invalidateQueries({ queryKey: ['recording', recording.id] });
  const take = useMutation({
    mutationFn: async (rendition: Rendition) => {
      const name = `${recording.title}.${rendition.format}`;
      const wish = askFor(rendition);
      if (!maySign) {
        // Public, or whoever reads this page could not: no signature is asked.
        download(addressOf('', '/api/recordings/{id}/download', { path, query: wish }), name);
        return;
      }
      const body = { path: 'download', ...wish } as const;
      download((await session.client.post('/api/recordings/{id}/sign', { path, body })).url, name);
    },
  });
  const retry = useMutation({
    mutationFn: ({ format, quality, normalised }: Rendition) =>
      session.client.post('/api/recordings/{id}/renditions', {
        path,
        body: { format, quality, ...(normalised === null ? {} : { normalise: normalised }) },
      }),
    onSettled,
  });
  const cancel = useMutation({
    mutationFn: ({ id: rendition }: Rendition) =>
      session.client.post('/api/recordings/{id}/renditions/{rendition}/cancel', {
        path: { ...path, rendition },
      }),
    onSettled,
  });
  return { take, retry, cancel, problem: take.error ?? retry.error ?? cancel.error };
}

/** The forms a recording exists in: to hear, to take away, and others to ask for. */
export function RecordingRenditions({ recording, track }: { recording: Recording; track: Track }) {
  const { t } = useText();
  const mayWrite = useMay('media.write');
  const { take, retry, cancel, problem } = useRenditionDeeds(recording);
  const mayAsk = mayWrite && recording.status === 'ready';
  if (recording.renditions.length === 0 && !mayAsk) return null;
  return (
    <section aria-label={t('recordings.renditions')} className="mt-8">
      <h2 className="font-medium">{t('recordings.renditions')}</h2>
      <p className="mb-3 text-note text-faint">{t('recordings.renditionsLead')}</p>
      <ul className="border-b border-line">
        {recording.renditions.map((rendition) => (
          <RenditionRow
            key={rendition.id}
            rendition={rendition}
            track={track}
            onTake={() => take.mutate(rendition)}
            onRetry={mayAsk ? () => retry.mutate(rendition) : null}
            onCancel={mayAsk ? () => cancel.mutate(rendition) : null}
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
  onCancel: (() => void) | null;
}

function RenditionRow(props: RenditionRowProps) {
  const { t } = useText();
  const { rendition, track } = props;
  const { format, quality, normalised, status } = rendition;
  const name = renditionName(rendition, t);
  const isReady = status === 'completed';
  return (
    <li className="grid min-h-12 grid-cols-[2.25rem_minmax(0,1fr)_auto] items-center gap-x-2 border-t border-line">
      {isReady ? (
        <PlayFile track={{ ...track, rendition: { format, quality, normalised } }} name={name} />
      ) : (
        <span />
      )}
      <span className="py-1.5 leading-tight">
        {name}
        <RenditionState {...rendition} />
      </span>
      <RenditionDeed {...props} name={name} />
    </li>
  );
}

/** How large it is, how far it has come, or why there is none. */
function RenditionState({ status, progress, error, file_size: sizeBytes }: Rendition) {
  const { t, language } = useText();
  if (status === 'completed')
    return sizeBytes === null ? null : (
      <span className="text-faint"> · {formatBytes(sizeBytes, language)}</span>
    );
  if (status === 'error')
    return (
      <span className="block text-note text-signal-text">{error ?? t('recordings.renditionError')}</span>
    );
  return (
    <span className="mt-1 block">
      <Progress label={t('recordings.renditionPending')} percent={progress > 0 ? progress : null} />
    </span>
  );
}

function RenditionDeed({
  rendition: { status },
  name,
  onTake,
  onRetry,
  onCancel,
}: RenditionRowProps & { name: string }) {
  const { t } = useText();
  if (status === 'completed')
    return (
      <Button look="quiet" className="mr-0" aria-label={t('rendition.take', { name })} onClick={onTake}>
        <Icon name="download" size={16} />
        {t('recordings.download')}
      </Button>
    );
  if (status === 'error')
    return onRetry === null ? null : (
      <Button look="quiet" className="mr-0" aria-label={t('rendition.retry', { name })} onClick={onRetry}>
        {t('debat.retry')}
      </Button>
    );
  return onCancel === null ? null : (
    <Button look="losing" className="mr-0" aria-label={t('rendition.cancel', { name })} onClick={onCancel}>
      {t('debat.cancel')}
    </Button>
  );
}

/** Hears one file as it is, from where the sound is; the same place in another file is one press away. */
function PlayFile({ track, name }: { track: Track; name: string }) {
  const { t } = useText();
  const { player } = useServices();
  const isHeard = usePlayerState(
    ({ track: current, phase }) =>
      current !== null &&
      player.isCurrent(track) &&
      isSameFile(current, track) &&
      (phase === 'playing' || phase === 'loading' || phase === 'recovering'),
  );
  return (
    <IconButton
      name={t(isHeard ? 'rendition.pause' : 'rendition.play', { name })}
      icon={isHeard ? 'pause' : 'play'}
      size={14}
      className={`-ml-2.5 ${isHeard ? 'text-signal-text' : ''}`}
      onClick={() => (isHeard ? player.pause() : player.play(track))}
    />
  );
}
