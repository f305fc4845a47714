import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useServices } from '../../app-services.ts';
import { useText } from '../../i18n/language.ts';
import { Button } from '../../ui/controls.tsx';
import { LanguageField } from '../../ui/language-field.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { HowToGetAnEngine } from './how-to-get-an-engine.tsx';
import { ImportPlace } from './import-place.tsx';
import { hasEngineFor, languageOf, languagesToChoose } from './transcription.ts';
import { importTranscript } from './transcription-calls.ts';
import { renewTranscriptions } from './use-transcript.ts';

interface BringTextProps {
  recordingId: string;
  language: string | null;
  /** True where there has never been a text. */
  isFirst: boolean;
  onDone?: () => void;
}

/** The two ways to a text: an engine that listens, or a file made elsewhere. */
export function BringText({ recordingId, language, isFirst, onDone }: BringTextProps) {
  const { t } = useText();
  const { session, notices } = useServices();
  const queries = useQueryClient();
  const engines = useQuery({
    queryKey: ['transcription-engines'],
    queryFn: ({ signal }) => session.client.get('/api/transcription-engines', { signal }),
    staleTime: 60_000,
  });
  const [chosen, setChosen] = useState<string | null>(null);
  const spoken = chosen ?? languageOf(language ?? engines.data?.default_language ?? 'fr');
  const settled = async () => {
    await renewTranscriptions(queries, recordingId);
    onDone?.();
  };
  const request = useMutation({
    mutationFn: () =>
      session.client.post('/api/transcriptions', { body: { recording_id: recordingId, language: spoken } }),
    onSuccess: settled,
  });
  const bring = useMutation({
    mutationFn: (file: File) => importTranscript(session.client, recordingId, file, spoken),
    onSuccess: async () => {
      notices.say(t('transcript.brought'));
      await settled();
    },
  });
  const isBusy = request.isPending || bring.isPending;
  const hasEngine = engines.data !== undefined && hasEngineFor(engines.data, spoken);
  const problem = request.error ?? bring.error;
  return (
    <div className="max-w-[46rem] py-5">
      {isFirst && <p className="mb-5 text-lead">{t('transcript.none')}</p>}
      <div className="flex flex-wrap items-end gap-4">
        <LanguageField
          label={t('transcript.language')}
          value={spoken}
          languages={languagesToChoose(engines.data, language)}
          onChange={setChosen}
        />
        <Button look="primary" disabled={isBusy || !hasEngine} onClick={() => request.mutate()}>
          {request.isPending ? t('transcript.asking') : t('transcript.recognise')}
        </Button>
      </div>
      {engines.data !== undefined && !hasEngine && <HowToGetAnEngine language={spoken} />}
      {engines.isError && (
        <div className="mt-4">
          <ProblemNote problem={engines.error} onRetry={() => void engines.refetch()} />
        </div>
      )}
      <ImportPlace isBusy={bring.isPending} disabled={isBusy} onFile={(file) => bring.mutate(file)} />
      {problem !== null && (
        <div className="mt-4">
          <ProblemNote problem={problem} />
        </div>
      )}
    </div>
  );
}
