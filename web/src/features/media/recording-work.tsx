import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMay, useServices } from '../../app-services.ts';
import { useText } from '../../i18n/language.ts';
import { Button } from '../../ui/controls.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { isWorkedOn, type Recording } from './recording.ts';
import { workText } from './work-step.ts';

/** The step of work that goes on, and what one may do about it or about what has failed. */
export function RecordingWork({ recording }: { recording: Recording }) {
  const { t, language } = useText();
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
  const { title, same_source_as: firstId } = recording;
  const step = workText(recording.work, t, language);
  return (
    <div className="mt-4">
      {step !== null && <p className="mb-3 text-note text-faint">{step}</p>}
      {firstId !== null && (
        <p className="mb-3">
          <Link
            to="/recordings/$id"
            params={{ id: firstId }}
            className="underline decoration-line-strong underline-offset-3"
          >
            {t('imports.firstOne')}
          </Link>
        </p>
      )}
      {hasFailed ? (
        <Button
          look="primary"
          aria-label={t('imports.retry', { title })}
          disabled={retry.isPending}
          onClick={() => retry.mutate()}
        >
          {t('debat.retry')}
        </Button>
      ) : (
        <Button
          look="losing"
          aria-label={t('imports.cancel', { title })}
          disabled={cancel.isPending}
          onClick={() => cancel.mutate()}
        >
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
