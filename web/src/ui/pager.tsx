import { Link, type LinkProps } from '@tanstack/react-router';
import { Icon } from './icons.tsx';

interface PagerProps {
  page: number;
  pages: number;
  label: string;
  previous: string;
  next: string;
  position: string;
  linkTo(page: number): Pick<LinkProps, 'to' | 'search'>;
}

const stepLook = 'inline-flex size-11 items-center justify-center rounded-(--radius) text-soft hover:bg-sunk';

/** Before, where one is, after; each page has its address. */
export function Pager({ page, pages, label, previous, next, position, linkTo }: PagerProps) {
  if (pages <= 1) return null;
  const step = (to: number, name: string, icon: 'left' | 'right') =>
    to >= 1 && to <= pages ? (
      <Link {...linkTo(to)} aria-label={name} title={name} className={stepLook}>
        <Icon name={icon} />
      </Link>
    ) : (
      <span className="inline-flex size-11" />
    );
  return (
    <nav aria-label={label} className="flex items-center justify-center gap-2 py-6">
      {step(page - 1, previous, 'left')}
      <span className="min-w-36 text-center text-soft">{position}</span>
      {step(page + 1, next, 'right')}
    </nav>
  );
}
