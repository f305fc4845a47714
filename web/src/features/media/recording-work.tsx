import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useMay, useServices } from '../../app-services.ts';
import { useText } from '../../i18n/language.ts';
import { Button } from '../../ui/controls.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { isWorkedOn, type Recording } from './recording.ts';

/** What one may do about work that goes on or has failed. */
export function RecordingWork({ recording }: { recording: Recording }) {
  const { t } = useText();
  const { session } = useServices();
  const queries = useQueryClient();
  const mayWrite = useMay('media.write');
  const path = { id: recording.id };
  const onSettled = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: ['recording', recording.id] }),
      queries.invalidateQueries({ queryKey: ['recordings'] }),
    ]);
  const cancel = useMutation({
    mutationFn: () => session.client.post('/api/recordings/{id}/cancel', { path }),
    onSettled,
  });
  const retry = useMutation({
    mutationFn: () => session.client.post('/api/recordings/{id}/retry', { path }),
    onSettled,
  });
  const problem = cancel.error ?? retry.error;
  const hasFailed = recording.status === 'error';
  if (!mayWrite || (!hasFailed && !isWorkedOn(recording))) return null;
  return (
    <div className="mt-4">
      {hasFailed ? (
        <Button look="primary" disabled={retry.isPending} onClick={() => retry.mutate()}>
          {t('debat.retry')}
        </Button>
      ) : (
        <Button look="losing" disabled={cancel.isPending} onClick={() => cancel.mutate()}>
          {t('debat.cancel')}
        </Button>
      )}
      {problem !== null && (
        <div className="mt-4">
          <ProblemNote problem={problem} />
        </div>
      )}
    </div>
  );
}
