import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useMay, useServices } from '../../app-services.ts';
import { formatLength, formatPercent } from '../../i18n/format.ts';
import { useText } from '../../i18n/language.ts';
import { Button, Progress } from '../../ui/controls.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { secondsLeft, type Transcription } from './transcription.ts';
import { renewTranscriptions } from './use-transcript.ts';

/** Text under way: how far, how long still, and the way to stop it. */
export function TranscriptionProgress({
  transcription,
  hasText,
}: {
  transcription: Transcription;
  hasText: boolean;
}) {
  const { t, language } = useText();
  const { session, notices } = useServices();
  const queries = useQueryClient();
  const mayCancel = useMay('transcription.request');
  const { id, status, progress, recording_id } = transcription;
  const isWaiting = status === 'pending' || status === 'queued';
  const left = secondsLeft(transcription, Date.now());
  const cancel = useMutation({
    mutationFn: () => session.client.post('/api/transcriptions/{id}/cancel', { path: { id } }),
    onSuccess: () => notices.say(t('transcription.cancelled')),
    onSettled: () => renewTranscriptions(queries, recording_id),
  });
  return (
    <div className="max-w-[40rem] py-5">
      <p className="flex items-baseline justify-between gap-4">
        <span role="status">
          {isWaiting
            ? t('transcription.waiting')
            : t(status === 'transcribed' ? 'transcription.finishing' : 'transcription.working')}
        </span>
        <span className="shrink-0 text-soft">{isWaiting ? '' : formatPercent(progress, language)}</span>
      </p>
      <div className="my-3">
        <Progress label={t('transcription.progress')} percent={isWaiting ? null : progress} />
      </div>
      <p className="text-note text-faint">
        {left !== null && `${t('transcription.left', { time: formatLength(left, language) })} `}
        {hasText ? t('transcription.keepsText') : t('debat.mayLeave')}
      </p>
      {mayCancel && (
        <Button look="losing" className="mt-3" disabled={cancel.isPending} onClick={() => cancel.mutate()}>
          {t('debat.cancel')}
        </Button>
      )}
      {cancel.isError && (
        <div className="mt-4">
          <ProblemNote problem={cancel.error} />
        </div>
      )}
    </div>
  );
}
