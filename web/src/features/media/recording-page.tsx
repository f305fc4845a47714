import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useMay, useMe, useServices } from '../../app-services.ts';
import { parseClock } from '../../i18n/clock-time.ts';
import { formatInstant } from '../../i18n/format.ts';
import { useText } from '../../i18n/language.ts';
import { typeset } from '../../i18n/typeset.ts';
import { useAskingMs, useLive } from '../../live-updates/use-live.ts';
import { SoundStage } from '../../player/sound-stage.tsx';
import { PagePending } from '../../shell/page-pending.tsx';
import { PageProblem } from '../../shell/page-problem.tsx';
import { Progress } from '../../ui/controls.tsx';
import { Fold } from '../../ui/fold.tsx';
import { Icon } from '../../ui/icons.tsx';
import { PageHeading, usePageTitle } from '../../ui/page.tsx';
import { failureText } from '../../ui/problem-text.ts';
import { TranscriptSection } from '../transcription/transcript-section.tsx';
import { DuplicateNote } from './duplicate-note.tsx';
import { isWorkedOn, type Recording, recordingTrack } from './recording.ts';
import { RecordingFacts } from './recording-facts.tsx';
import { RecordingRenditions } from './recording-renditions.tsx';
import { RecordingWork } from './recording-work.tsx';
import { SignedLink } from './signed-link.tsx';
import { SoundCheck } from './sound-check.tsx';

const route = getRouteApi('/recordings/$id');

function useRecording(id: string) {
  const { session } = useServices();
  const queries = useQueryClient();
  const askingMs = useAskingMs();
  const me = useMe();
  useLive(me === null ? null : 'user', ({ type, data }) => {
    if (type === 'recording_updated' && data.recording_id === id)
      void queries.invalidateQueries({ queryKey: ['recording', id] });
  });
  const isUnfinished = (recording: Recording | undefined) =>
    recording !== undefined &&
    (isWorkedOn(recording) ||
      recording.renditions.some(({ status }) => status === 'pending' || status === 'extracting'));
  return useQuery({
    queryKey: ['recording', id],
    queryFn: ({ signal }) => session.client.get('/api/recordings/{id}', { path: { id }, signal }),
    refetchInterval: ({ state }) => (isUnfinished(state.data) ? askingMs : false),
  });
}

/** A recording of the work room: its sound, what it is made of, its renditions. */
export default function RecordingPage() {
  const { t } = useText();
  const { id } = route.useParams();
  const recording = useRecording(id);
  const me = useMe();
  usePageTitle(recording.data?.title ?? t('recordings.title'));
  return (
    <article className="pt-5 md:pt-7">
      <Link
        to={me === null ? '/archive' : '/recordings'}
        className="inline-flex items-center gap-1.5 py-1 text-soft no-underline hover:text-ink"
      >
        <Icon name="left" size={14} />
        {me === null ? t('debat.backToArchive') : t('recordings.backToList')}
      </Link>
      {recording.isPending && <PagePending />}
      {recording.isError && recording.data === undefined && (
        <PageProblem
          title={t('recordings.title')}
          problem={recording.error}
          onRetry={() => void recording.refetch()}
        />
      )}
      {recording.data !== undefined && <RecordingSheet recording={recording.data} />}
    </article>
  );
}

function RecordingSheet({ recording }: { recording: Recording }) {
  const { t, language } = useText();
  const { player } = useServices();
  const { t: place, q } = route.useSearch();
  const navigate = useNavigate();
  const mayRead = useMay('media.read');
  const track = recordingTrack(recording, language);
  const isReady = recording.status === 'ready';
  const atSeconds = place === undefined ? null : parseClock(place);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each address, not for each drawing.
  useEffect(() => {
    if (atSeconds !== null && isReady) player.cue(track, atSeconds);
  }, [recording.id, isReady, atSeconds]);
  return (
    <>
      <header className="max-w-[52rem] pt-3 pb-7">
        <p className="mb-2 text-soft">
          {t(`recordings.source.${recording.source}`)}
          {' · '}
          <time dateTime={recording.created_at}>{formatInstant(recording.created_at, language)}</time>
        </p>
        <PageHeading>{typeset(recording.title)}</PageHeading>
      </header>
      <div className="pb-7 empty:hidden">
        <DuplicateNote recording={recording} onRemoved={() => void navigate({ to: '/recordings' })} />
      </div>
      {isReady && <SoundStage track={track} atSeconds={atSeconds} />}
      {isWorkedOn(recording) && <Working recording={recording} />}
      <RecordingWork recording={recording} />
      {recording.status === 'error' && (
        <div role="status" className="border-l-2 border-signal py-1 pl-4">
          <p>{t('recordings.stateOf.error')}</p>
          <p className="text-faint">{failureText(recording.error_code, recording.error, t)}</p>
        </div>
      )}
      <div className="grid gap-x-16 gap-y-8 pt-8 lg:grid-cols-[minmax(0,1fr)_21rem] lg:[&:has(>:first-child:empty)]:grid-cols-1">
        <div className="min-w-0 empty:hidden">
          {isReady && mayRead && <SoundCheck track={track} recordingId={recording.id} />}
          {isReady && (
            <TranscriptSection
              recordingId={recording.id}
              track={track}
              language={recording.language}
              atSeconds={atSeconds}
              q={q ?? ''}
              onFind={(words) =>
                void navigate({
                  to: '/recordings/$id',
                  params: { id: recording.id },
                  search: { t: place, q: words === '' ? undefined : words },
                  replace: true,
                  resetScroll: false,
                })
              }
            />
          )}
        </div>
        <Fold title={t('recordings.technical')}>
          <RecordingFacts recording={recording} />
          <RecordingRenditions recording={recording} track={track} />
          {isReady && mayRead && <SignedLink recording={recording} />}
        </Fold>
      </div>
    </>
  );
}

function Working({ recording }: { recording: Recording }) {
  const { t } = useText();
  const name = t(
    recording.status === 'processing' ? 'recordings.stateOf.processing' : 'recordings.stateOf.queued',
  );
  return (
    <section aria-label={t('debat.soundTitle')} className="max-w-[40rem] border-t border-line pt-6">
      <p role="status">{name}</p>
      <div className="my-3">
        <Progress label={name} percent={recording.status === 'processing' ? recording.progress : null} />
      </div>
      <p className="text-note text-faint">{t('recordings.processingText')}</p>
    </section>
  );
}
