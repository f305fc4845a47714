import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMay, useServices } from '../../app-services.ts';
import { formatClock } from '../../i18n/clock-time.ts';
import { formatInstant, formatLanguage, formatLength, formatPercent } from '../../i18n/format.ts';
import { useText } from '../../i18n/language.ts';
import { typeset } from '../../i18n/typeset.ts';
import { Button, IconButton, Progress } from '../../ui/controls.tsx';
import { failureText, problemText } from '../../ui/problem-text.ts';
import { isUnderWay, secondsLeft, type Transcription } from './transcription.ts';
import { renewTranscriptions } from './use-transcript.ts';

const columns =
  'grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 md:grid-cols-[minmax(0,1fr)_13rem_11rem_9.5rem] md:items-center';

/** The requests as lines: of what, how far, by which engine, and what one may do. */
export function TranscriptionRows({ transcriptions }: { transcriptions: Transcription[] }) {
  return (
    <ol className="border-t border-line">
      {transcriptions.map((transcription) => (
        <TranscriptionRow key={transcription.id} transcription={transcription} />
      ))}
    </ol>
  );
}

function TranscriptionRow({ transcription }: { transcription: Transcription }) {
  const { t, language } = useText();
  const { recording_id, created_at, duration, engine, source } = transcription;
  const title = typeset(transcription.recording_title);
  const spoken = formatLanguage(transcription.language, language);
  const made = source === 'import' ? t('transcriptions.import') : engine;
  return (
    <li className={`border-b border-line py-2.5 hover:bg-sunk ${columns}`}>
      <div className="min-w-0">
        <Link
          to="/recordings/$id"
          params={{ id: recording_id }}
          className="block truncate text-[1.0625rem] font-medium no-underline hover:underline hover:decoration-line-strong hover:underline-offset-3"
        >
          {title}
        </Link>
        <p className="truncate text-note text-faint">
          {[made, spoken, duration === null ? null : formatClock(duration)]
            .filter((part) => part !== null)
            .join(' · ')}
        </p>
      </div>
      <div className="max-md:order-last max-md:col-span-2">
        <RowState transcription={transcription} />
      </div>
      <time dateTime={created_at} className="text-soft max-md:hidden">
        {formatInstant(created_at, language)}
      </time>
      <RowActions transcription={transcription} title={title} />
    </li>
  );
}

/** How far it is; when it has failed, why. */
function RowState({ transcription }: { transcription: Transcription }) {
  const { t, language } = useText();
  const { status, progress, error_code: code, error_message: sentence } = transcription;
  const name = t(`transcriptions.stateOf.${status}`);
  if (status === 'error') {
    const isCancelled = code === 'transcription.cancelled';
    const why = isCancelled ? t('problem.cancelled') : (failureText(code, sentence, t) ?? name);
    return (
      <p className={`line-clamp-2 text-note ${isCancelled ? 'text-faint' : 'text-signal-text'}`} title={why}>
        {why}
      </p>
    );
  }
  if (status !== 'processing') return <p className="text-note text-soft">{name}</p>;
  const left = secondsLeft(transcription, Date.now());
  return (
    <div className="text-note text-faint">
      <p className="flex justify-between gap-2">
        {formatPercent(progress, language)}
        {left !== null && <span>{t('bring.left', { time: formatLength(left, language) })}</span>}
      </p>
      <Progress label={name} percent={progress} />
    </div>
  );
}

function RowActions({ transcription, title }: { transcription: Transcription; title: string }) {
  const { t, language } = useText();
  const { session, notices, removals } = useServices();
  const queries = useQueryClient();
  const mayRequest = useMay('transcription.request');
  const mayDelete = useMay('transcription.delete');
  const { id, status, recording_id } = transcription;
  const path = { id };
  const onSettled = () => renewTranscriptions(queries, recording_id);
  const onError = (problem: unknown) => notices.say(problemText(problem, t, language).sentence);
  const cancel = useMutation({
    mutationFn: () => session.client.post('/api/transcriptions/{id}/cancel', { path }),
    onSettled,
    onError,
  });
  const retry = useMutation({
    mutationFn: () => session.client.post('/api/transcriptions/{id}/retry', { path }),
    onSettled,
    onError,
  });
  const remove = () =>
    removals.take(id, { said: t('transcriptions.removed'), undo: t('transcriptions.undo') }, () =>
      session.client.delete('/api/transcriptions/{id}', { path }).finally(onSettled),
    );
  return (
    <div className="flex items-center justify-end gap-4">
      {mayRequest && isUnderWay(transcription) && (
        <Button
          look="quiet"
          aria-label={t('transcriptions.cancelNamed', { title })}
          disabled={cancel.isPending}
          onClick={() => cancel.mutate()}
        >
          {t('debat.cancel')}
        </Button>
      )}
      {mayRequest && status === 'error' && (
        <Button
          look="quiet"
          aria-label={t('transcriptions.retryNamed', { title })}
          disabled={retry.isPending}
          onClick={() => retry.mutate()}
        >
          {t('debat.retry')}
        </Button>
      )}
      {mayDelete && !isUnderWay(transcription) && (
        <IconButton name={t('transcriptions.removeNamed', { title })} icon="bin" size={16} onClick={remove} />
      )}
    </div>
  );
}
