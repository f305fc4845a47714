import { type ReactNode, useId, useState } from 'react';
import { Icon } from './icons.tsx';

/** A margin: beside the page where there is room, folded away above it on a phone. */
export function Fold({ title, children }: { title: string; children: ReactNode }) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  return (
    <div className="max-lg:order-first">
      <button
        type="button"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
        className="flex min-h-11 w-full items-center justify-between border-y border-line font-medium lg:hidden"
      >
        {title}
        <span className={isOpen ? 'rotate-180' : ''}>
          <Icon name="chevron" size={16} />
        </span>
      </button>
      <div id={id} className={isOpen ? 'max-lg:pt-4' : 'max-lg:hidden'}>
        {children}
      </div>
    </div>
  );
}
