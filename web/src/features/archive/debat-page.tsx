import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useServices } from '../../app-services.ts';
import { parseClock } from '../../i18n/clock-time.ts';
import { formatDay } from '../../i18n/format.ts';
import { useText } from '../../i18n/language.ts';
import { typeset } from '../../i18n/typeset.ts';
import { useLive } from '../../live-updates/use-live.ts';
import { SoundStage } from '../../player/sound-stage.tsx';
import { PagePending } from '../../shell/page-pending.tsx';
import { PageProblem } from '../../shell/page-problem.tsx';
import { Fold } from '../../ui/fold.tsx';
import { Icon } from '../../ui/icons.tsx';
import { PageHeading, usePageTitle } from '../../ui/page.tsx';
import { TranscriptSection } from '../transcription/transcript-section.tsx';
import type { Debat } from './archive-search.ts';
import { DebatDownloads } from './debat-downloads.tsx';
import { DebatFacts } from './debat-facts.tsx';
import { debatTrack } from './debat-track.ts';
import { ExtractionNote } from './extraction-note.tsx';

const route = getRouteApi('/archive/$id');
const askWhileWorkingMs = 4000;

function useDebat(id: string) {
  const { session } = useServices();
  const queries = useQueryClient();
  useLive(`debate:${id}`, ({ type }) => {
    if (type === 'extraction_progress') return;
    void queries.invalidateQueries({ queryKey: ['debat', id] });
    void queries.invalidateQueries({ queryKey: ['recording'] });
  });
  return useQuery({
    queryKey: ['debat', id],
    queryFn: ({ signal }) => session.client.get('/api/debats/{id}', { path: { id }, signal }),
    refetchInterval: ({ state }) => (state.data?.status === 'extraction' ? askWhileWorkingMs : false),
  });
}

/** A débat: its sound, then its sheet. */
export default function DebatPage() {
  const { t } = useText();
  const { id } = route.useParams();
  const debat = useDebat(id);
  usePageTitle(debat.data?.title ?? t('archive.title'));
  return (
    <article className="pt-5 md:pt-7">
      <Link
        to="/archive"
        className="inline-flex items-center gap-1.5 py-1 text-soft no-underline hover:text-ink"
      >
        <Icon name="left" size={14} />
        {t('debat.backToArchive')}
      </Link>
      {debat.isPending && <PagePending />}
      {debat.isError && debat.data === undefined && (
        <PageProblem title={t('archive.title')} problem={debat.error} onRetry={() => void debat.refetch()} />
      )}
      {debat.data !== undefined && <DebatSheet debat={debat.data} />}
    </article>
  );
}

function DebatSheet({ debat }: { debat: Debat }) {
  const { t, language } = useText();
  const { player } = useServices();
  const { t: place, q } = route.useSearch();
  const navigate = useNavigate();
  const track = debatTrack(debat, language);
  const hasText = debat.description !== null && debat.description.trim() !== '';
  const atSeconds = place === undefined ? null : parseClock(place);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each address, not for each drawing.
  useEffect(() => {
    if (atSeconds !== null && debat.has_audio) player.cue(track, atSeconds);
  }, [debat.id, debat.has_audio, atSeconds]);
  return (
    <>
      <header className="max-w-[52rem] pt-3 pb-7 md:pb-9">
        <p className="mb-2 text-soft first-letter:uppercase">
          <time dateTime={debat.date}>{formatDay(debat.date, language, 'long')}</time>
          {' · '}
          {debat.commission ?? t(`type.${debat.type}`)}
        </p>
        <PageHeading>{typeset(debat.title)}</PageHeading>
      </header>
      {debat.has_audio && <SoundStage track={track} atSeconds={atSeconds} />}
      <ExtractionNote debat={debat} />
      <div className="grid gap-x-16 gap-y-8 pt-8 lg:grid-cols-[minmax(0,1fr)_21rem] lg:[&:has(>:first-child:empty)]:grid-cols-1">
        <div className="min-w-0 empty:hidden">
          {hasText && (
            <div className="mb-8 max-w-[65ch] font-serif text-lead whitespace-pre-line">
              {typeset(debat.description ?? '')}
            </div>
          )}
          {debat.has_audio && debat.recording_id !== null && (
            <TranscriptSection
              recordingId={debat.recording_id}
              track={track}
              language={null}
              atSeconds={atSeconds}
              q={q ?? ''}
              onFind={(words) =>
                void navigate({
                  to: '/archive/$id',
                  params: { id: debat.id },
                  search: { t: place, q: words === '' ? undefined : words },
                  replace: true,
                  resetScroll: false,
                })
              }
            />
          )}
        </div>
        <Fold title={t('debat.facts')}>
          <DebatFacts debat={debat} />
          {debat.has_audio && <DebatDownloads debat={debat} />}
        </Fold>
      </div>
    </>
  );
}
