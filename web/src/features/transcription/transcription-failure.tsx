import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useMay, useServices } from '../../app-services.ts';
import { useText } from '../../i18n/language.ts';
import { Button } from '../../ui/controls.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { failureText } from '../../ui/problem-text.ts';
import type { Transcription } from './transcription.ts';
import { renewTranscriptions } from './use-transcript.ts';

/** Text that could not be made: why, what was kept, and another try. */
export function TranscriptionFailure({
  transcription,
  hasText,
}: {
  transcription: Transcription;
  hasText: boolean;
}) {
  const { t } = useText();
  const { session } = useServices();
  const queries = useQueryClient();
  const mayRetry = useMay('transcription.request');
  const { id, recording_id, error_code: code, error_message: sentence } = transcription;
  const retry = useMutation({
    mutationFn: () => session.client.post('/api/transcriptions/{id}/retry', { path: { id } }),
    onSettled: () => renewTranscriptions(queries, recording_id),
  });
  const isCancelled = code === 'transcription.cancelled';
  const look = isCancelled ? 'border-line-strong' : 'border-signal';
  return (
    <div className="max-w-[40rem] py-5">
      <div role="status" className={`border-l-2 py-1 pl-4 ${look}`}>
        <p>{isCancelled ? t('transcription.wasCancelled') : t('transcription.failed')}</p>
        {!isCancelled && <p className="text-faint">{failureText(code, sentence, t)}</p>}
        <p className="text-faint">{hasText ? t('transcription.keptText') : t('transcription.keptSound')}</p>
      </div>
      {mayRetry && (
        <Button className="mt-4" disabled={retry.isPending} onClick={() => retry.mutate()}>
          {t('debat.retry')}
        </Button>
      )}
      {retry.isError && (
        <div className="mt-4">
          <ProblemNote problem={retry.error} />
        </div>
      )}
    </div>
  );
}
