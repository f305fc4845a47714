import { ApiProblem } from '@antenne/client';
import { PageHeading } from '../ui/page.tsx';
import { ProblemNote } from '../ui/problem-note.tsx';
import { NotFound } from './not-found.tsx';

interface PageProblemProps {
  title: string;
  problem: unknown;
  onRetry(): void;
}

/** A page whose one thing could not be had: nothing there, or a failure one may try again. */
export function PageProblem({ title, problem, onRetry }: PageProblemProps) {
  if (problem instanceof ApiProblem && problem.status === 404) return <NotFound />;
  return (
    <div className="py-8">
      <PageHeading className="mb-6">{title}</PageHeading>
      <ProblemNote problem={problem} onRetry={onRetry} />
    </div>
  );
}
