import type { Schema } from '@antenne/client';
import { type QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMay, useServices } from '../../app-services.ts';
import { formatPercent } from '../../i18n/format.ts';
import { useText } from '../../i18n/language.ts';
import { useAskingMs, useLive } from '../../live-updates/use-live.ts';
import { Button, Progress } from '../../ui/controls.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import type { Debat } from './archive-search.ts';
import { ExtractionFailure } from './extraction-failure.tsx';

type Extraction = Schema<'DebatExtraction'>;

function useExtraction(debat: Debat) {
  const { session } = useServices();
  const queries = useQueryClient();
  const askingMs = useAskingMs();
  const key = ['extraction', debat.id];
  useLive(`debate:${debat.id}`, ({ type, data }) => {
    if (type !== 'extraction_progress' || typeof data.progress !== 'number') return;
    const { progress } = data;
    queries.setQueryData<Extraction>(key, (before) =>
      before === undefined ? before : { ...before, status: 'extracting', progress },
    );
  });
  return useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => {
      const extraction = await session.client.get('/api/debats/{id}/extract', {
        path: { id: debat.id },
        signal,
      });
      // It ended between two questions: the débat itself has changed.
      if (
        debat.status === 'extraction' &&
        (extraction.status === 'completed' || extraction.status === 'error')
      )
        void queries.invalidateQueries({ queryKey: ['debat', debat.id] });
      return extraction;
    },
    enabled: debat.status === 'extraction',
    refetchInterval: askingMs,
  });
}

function renew(queries: QueryClient, id: string): Promise<unknown> {
  return Promise.all([
    queries.invalidateQueries({ queryKey: ['debat', id] }),
    queries.invalidateQueries({ queryKey: ['extraction', id] }),
    queries.invalidateQueries({ queryKey: ['debats'] }),
    queries.invalidateQueries({ queryKey: ['recording'] }),
  ]);
}

/** Where the making of the sound stands, in plain words, with what one may do about it. */
export function ExtractionNote({ debat }: { debat: Debat }) {
  const mayWrite = useMay('archive.write');
  const { session, notices } = useServices();
  const { t } = useText();
  const queries = useQueryClient();
  const path = { id: debat.id };
  const start = useMutation({
    mutationFn: () => session.client.post('/api/debats/{id}/extract', { path, body: {} }),
    onSettled: () => renew(queries, debat.id),
  });
  const cancel = useMutation({
    mutationFn: () => session.client.delete('/api/debats/{id}/extract', { path }),
    onSuccess: () => notices.say(t('debat.cancelled')),
    onSettled: () => renew(queries, debat.id),
  });
  const problem = start.error ?? cancel.error;
  const failed = debat.audio_files.find((file) => file.has_error) ?? null;
  const isWorking = debat.status === 'extraction';
  if (!isWorking && (debat.has_audio || debat.status === 'en_cours')) return null;
  return (
    <section aria-label={t('debat.soundTitle')} className="max-w-[40rem] border-t border-line py-6">
      {isWorking ? (
        <Working debat={debat} />
      ) : debat.status === 'erreur' || failed !== null ? (
        <ExtractionFailure debat={debat} />
      ) : (
        <>
          <p>{t('debat.noSoundYet')}</p>
          {debat.source_url !== null && mayWrite && <p className="text-faint">{t('debat.noSoundSource')}</p>}
        </>
      )}
      {problem !== null && (
        <div className="mt-4">
          <ProblemNote problem={problem} />
        </div>
      )}
      {mayWrite && isWorking && (
        <Button look="losing" className="mt-3" disabled={cancel.isPending} onClick={() => cancel.mutate()}>
          {t('debat.cancel')}
        </Button>
      )}
      {mayWrite && !isWorking && debat.source_url !== null && (
        <Button look="primary" className="mt-4" disabled={start.isPending} onClick={() => start.mutate()}>
          {failed === null && debat.status !== 'erreur' ? t('debat.extract') : t('debat.retry')}
        </Button>
      )}
    </section>
  );
}

function Working({ debat }: { debat: Debat }) {
  const { t, language } = useText();
  const extraction = useExtraction(debat);
  const isQueued = extraction.data?.status === 'pending';
  const progress = isQueued ? null : (extraction.data?.progress ?? null);
  return (
    <div>
      <p className="flex items-baseline justify-between gap-4">
        <span role="status">{isQueued ? t('debat.queued') : t('debat.extracting')}</span>
        <span className="text-soft">{progress === null ? '' : formatPercent(progress, language)}</span>
      </p>
      <div className="my-3">
        <Progress label={t('debat.progress')} percent={progress} />
      </div>
      <p className="text-note text-faint">{t('debat.mayLeave')}</p>
    </div>
  );
}
