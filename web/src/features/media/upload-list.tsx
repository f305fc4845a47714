import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useServices, useUploads } from '../../app-services.ts';
import { formatBytes, formatDelay, formatLength } from '../../i18n/format.ts';
import { useText } from '../../i18n/language.ts';
import { useAskingMs } from '../../live-updates/use-live.ts';
import { Button, Progress } from '../../ui/controls.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { failureText } from '../../ui/problem-text.ts';
import { DuplicateNote } from './duplicate-note.tsx';
import { isWorkedOn } from './recording.ts';
import { leftMsOf, progressOf, shownOf } from './upload-progress.ts';
import type { Upload } from './upload-queue.ts';

const mostRows = 100;

/** The files on their way; they are the same on every page. */
export function UploadList() {
  const { t } = useText();
  const { uploads } = useServices();
  const list = useUploads();
  if (list.length === 0) return null;
  const has = (...states: Upload['state'][]) => list.some(({ state }) => states.includes(state));
  const rows = shownOf(list, mostRows);
  return (
    <section className="mb-10">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 pb-2">
        <div className="flex flex-wrap items-baseline gap-x-3">
          <h2 className="font-medium">{t('bring.queue')}</h2>
          <QueueStanding list={list} />
        </div>
        <div className="flex flex-wrap gap-x-5 md:px-2.5">
          {has('waiting', 'sending', 'lost') && (
            <Button look="quiet" onClick={() => uploads.pauseAll()}>
              {t('bring.pauseAll')}
            </Button>
          )}
          {has('paused') && (
            <Button look="quiet" onClick={() => uploads.resumeAll()}>
              {t('bring.resumeAll')}
            </Button>
          )}
          {has('sent', 'cancelled', 'failed') && (
            <Button look="quiet" onClick={() => uploads.clearFinished()}>
              {t('bring.clear')}
            </Button>
          )}
        </div>
      </div>
      <ul className="border-b border-line">
        {rows.map((upload) => (
          <UploadRow key={upload.id} upload={upload} />
        ))}
      </ul>
      {rows.length < list.length && (
        <p className="pt-2 text-note text-faint">{t('bring.more', { count: list.length - rows.length })}</p>
      )}
    </section>
  );
}

/** How far all of them are together; of one alone its row says it. */
function QueueStanding({ list }: { list: readonly Upload[] }) {
  const { t, language } = useText();
  const { files, sentFiles, sentBytes, bytes, leftMs } = progressOf(list, Date.now());
  if (files < 2) return null;
  const parts = [
    t('bring.sentOf', { sent: sentFiles, total: files }),
    t('bring.sending', { sent: formatBytes(sentBytes, language), total: formatBytes(bytes, language) }),
    ...(leftMs === null ? [] : [t('bring.left', { time: formatLength(leftMs / 1000, language) })]),
  ];
  return <p className="text-note text-faint">{parts.join(' · ')}</p>;
}

function UploadRow({ upload }: { upload: Upload }) {
  const { t } = useText();
  const { uploads } = useServices();
  const { state, name } = upload;
  const isOver = state === 'sent' || state === 'failed' || state === 'cancelled';
  const percent = (upload.sentBytes / Math.max(1, upload.sizeBytes)) * 100;
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 border-t border-line py-2.5">
      <div className="min-w-0">
        <p className="truncate font-medium">{upload.title || name}</p>
        <p className="text-note text-faint" aria-live="off">
          <UploadStanding upload={upload} />
        </p>
      </div>
      <div className="flex gap-5 pr-1">
        {upload.recordingId !== null && <OpenLink upload={upload} />}
        {(state === 'waiting' || state === 'sending') && (
          <Button
            look="quiet"
            aria-label={t('bring.pause', { name })}
            onClick={() => uploads.pause(upload.id)}
          >
            {t('bring.pauseShort')}
          </Button>
        )}
        {state === 'paused' && (
          <Button
            look="quiet"
            aria-label={t('bring.resume', { name })}
            onClick={() => uploads.retry(upload.id)}
          >
            {t('bring.resumeShort')}
          </Button>
        )}
        {(state === 'failed' || state === 'cancelled' || state === 'lost') && (
          <Button
            look="quiet"
            aria-label={t('bring.retry', { name })}
            onClick={() => uploads.retry(upload.id)}
          >
            {t('bring.retryShort')}
          </Button>
        )}
        {!isOver && (
          <Button
            look="losing"
            aria-label={t('bring.cancel', { name })}
            onClick={() => uploads.cancel(upload.id)}
          >
            {t('bring.cancelShort')}
          </Button>
        )}
      </div>
      {['sending', 'saving', 'paused', 'lost'].includes(state) && (
        <div className="col-span-2">
          <Progress label={name} percent={percent} />
        </div>
      )}
      {state === 'sent' && <Duplicate upload={upload} />}
      {state === 'failed' && (
        <div className="col-span-2 pt-1">
          {upload.recordingId !== null && <p className="pb-2">{t('bring.publishFailed')}</p>}
          <ProblemNote problem={upload.problem} />
        </div>
      )}
    </li>
  );
}

function OpenLink({ upload }: { upload: Upload }) {
  const { t } = useText();
  const look = 'py-1.5 underline decoration-line-strong underline-offset-3';
  if (upload.debateId !== null) {
    return (
      <Link to="/archive/$id" params={{ id: upload.debateId }} className={look}>
        {t('bring.openDebat')}
      </Link>
    );
  }
  return (
    <Link to="/recordings/$id" params={{ id: upload.recordingId ?? '' }} className={look}>
      {t('bring.open')}
    </Link>
  );
}

function UploadStanding({ upload }: { upload: Upload }) {
  const { t, language } = useText();
  const { state, sentBytes, sizeBytes, retryAtMs } = upload;
  if (state === 'waiting') return t('bring.waiting');
  if (state === 'saving') return t('bring.saving');
  if (state === 'failed') return t('bring.failed');
  if (state === 'cancelled') return t('bring.cancelled');
  if (state === 'lost') {
    const delaySeconds = Math.max(1, ((retryAtMs ?? 0) - Date.now()) / 1000);
    return t('bring.lost', { delay: formatDelay(delaySeconds, language) });
  }
  if (state === 'sent') return <AfterArrival recordingId={upload.recordingId ?? ''} />;
  const leftMs = leftMsOf(upload, Date.now());
  const sent = t('bring.sending', {
    sent: formatBytes(sentBytes, language),
    total: formatBytes(sizeBytes, language),
  });
  if (state === 'paused') return `${t('bring.paused')} · ${sent}`;
  if (leftMs === null) return sent;
  return `${sent} · ${t('bring.left', { time: formatLength(leftMs / 1000, language) })}`;
}

function useArrived(recordingId: string) {
  const { session } = useServices();
  const askingMs = useAskingMs();
  return useQuery({
    queryKey: ['recording', recordingId],
    queryFn: ({ signal }) =>
      session.client.get('/api/recordings/{id}', { path: { id: recordingId }, signal }),
    refetchInterval: ({ state }) => (state.data === undefined || isWorkedOn(state.data) ? askingMs : false),
  });
}

function Duplicate({ upload }: { upload: Upload }) {
  const { uploads } = useServices();
  const { data } = useArrived(upload.recordingId ?? '');
  if (data === undefined || data.duplicate_of === null) return null;
  return (
    <div className="col-span-2 pt-1">
      <DuplicateNote
        recording={data}
        isRemovable={upload.debateId === null}
        onRemoved={() => uploads.clear(upload.id)}
      />
    </div>
  );
}

/** Once it has arrived, what the server does with it. */
function AfterArrival({ recordingId }: { recordingId: string }) {
  const { t } = useText();
  const recording = useArrived(recordingId);
  if (recording.data === undefined || isWorkedOn(recording.data)) return t('bring.processing');
  return recording.data.status === 'error'
    ? (failureText(recording.data.error_code, recording.data.error, t) ?? t('recordings.stateOf.error'))
    : t('bring.ready');
}
