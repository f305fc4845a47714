import type { ReactNode } from 'react';
import { PageHeading } from '../../ui/page.tsx';

/** The large sentence of a first-run screen. */
export function Poster({ children }: { children: ReactNode }) {
  return <PageHeading className="text-poster! tracking-[-0.025em]!">{children}</PageHeading>;
}
