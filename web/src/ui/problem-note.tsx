import { ApiProblem } from '@antenne/client';
import { useText } from '../i18n/language.ts';
import { Button } from './controls.tsx';
import { problemText } from './problem-text.ts';

interface ProblemNoteProps {
  problem: unknown;
  /** What a status means on this page, where it means more than elsewhere. */
  sentences?: Partial<Record<number, string>>;
  onRetry?: () => void;
}

/** What went wrong, in a sentence, with its reference small and a way to go on. */
export function ProblemNote({ problem, sentences, onRetry }: ProblemNoteProps) {
  const { t, language } = useText();
  const { sentence, requestId } = problemText(problem, t, language);
  const own = problem instanceof ApiProblem ? sentences?.[problem.status] : undefined;
  return (
    <div role="alert" className="border-l-2 border-signal py-1 pl-4">
      <p>{own ?? sentence}</p>
      {requestId !== null && (
        <p className="text-note text-faint">{t('state.requestId', { id: requestId })}</p>
      )}
      {onRetry !== undefined && (
        <Button look="quiet" className="mt-1" onClick={onRetry}>
          {t('state.retry')}
        </Button>
      )}
    </div>
  );
}
