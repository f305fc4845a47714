import { type ReactNode, useEffect, useRef } from 'react';
import { useOrganisationName } from '../features/accounts/organisation.ts';

let isFirstPage = true;

/** Names the window after the page and the station. */
export function usePageTitle(title: string): void {
  const organisation = useOrganisationName();
  useEffect(() => {
    document.title = title === '' ? organisation : `${title} — ${organisation}`;
  }, [title, organisation]);
}

/** Where someone who did not wait for the page is already busy. */
const busyPlaces = '[role="menu"], [aria-haspopup], dialog, input, textarea, select';

/** The page's one h1. It takes the focus when a page is opened from another, so that it is read aloud. */
export function PageHeading({ children, className = '' }: { children: ReactNode; className?: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (isFirstPage) isFirstPage = false;
    else if (!document.activeElement?.closest(busyPlaces)) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <h1
      ref={heading}
      tabIndex={-1}
      className={`font-serif text-head font-semibold tracking-[-0.015em] ${className}`}
    >
      {children}
    </h1>
  );
}

/** A page that has nothing yet: what will be here, and the first action. */
export function Empty({ title, text, children }: { title: string; text: string; children?: ReactNode }) {
  return (
    <div className="flex max-w-[34rem] flex-col items-start gap-3 py-16">
      <h2 className="font-serif text-title font-semibold">{title}</h2>
      <p className="text-lead text-soft">{text}</p>
      {children !== undefined && <div className="mt-3 flex flex-wrap gap-3">{children}</div>}
    </div>
  );
}

/** One fact of a sheet; nothing is written for what is not known. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  if (children === null || children === undefined || children === false || children === '') return null;
  return (
    <div className="grid grid-cols-[8.5rem_1fr] gap-x-4 border-t border-line py-2">
      <dt className="text-faint">{name}</dt>
      <dd className="min-w-0 [overflow-wrap:anywhere]">{children}</dd>
    </div>
  );
}
