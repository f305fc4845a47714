import type { KeyboardEvent } from 'react';
import { useText } from '../../i18n/language.ts';
import { IconButton } from '../../ui/controls.tsx';
import { Icon } from '../../ui/icons.tsx';
import { useTyped } from '../../ui/use-typed.ts';

interface FindBarProps {
  q: string;
  count: number;
  /** Which one is at, from 0; −1 for none. */
  at: number;
  onFind(q: string): void;
  onStep(direction: 1 | -1): void;
}

const typingPauseMs = 200;

/** Looks for words in the text: marks them all, goes from one to the next. */
export function FindBar({ q, count, at, onFind, onStep }: FindBarProps) {
  const { t } = useText();
  const [typed, setTyped, settle] = useTyped(q, onFind, typingPauseMs);
  const isLooking = typed.trim() !== '';
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') {
      if (typed === q) onStep(event.shiftKey ? -1 : 1);
      else settle();
    } else if (event.key === 'Escape' && isLooking) setTyped('');
    else return;
    event.preventDefault();
  };
  return (
    <search className="flex min-w-0 flex-1 items-center gap-1">
      <label className="flex min-h-11 min-w-0 flex-1 items-center gap-2.5 text-faint">
        <Icon name="search" size={16} />
        <span className="sr-only">{t('transcript.find')}</span>
        <input
          type="search"
          data-find
          value={typed}
          placeholder={t('transcript.find')}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={onKeyDown}
          className="h-10 w-full min-w-0 bg-transparent text-ink placeholder:text-faint"
        />
      </label>
      <span role="status" className="shrink-0 text-note text-faint">
        {!isLooking
          ? ''
          : count === 0
            ? t('transcript.foundNone')
            : at < 0
              ? t('transcript.found', { count })
              : t('transcript.foundAt', { at: at + 1, count })}
      </span>
      {isLooking && count > 0 && (
        <span className="flex shrink-0">
          <IconButton name={t('transcript.previous')} icon="up" size={16} onClick={() => onStep(-1)} />
          <IconButton name={t('transcript.next')} icon="down" size={16} onClick={() => onStep(1)} />
        </span>
      )}
    </search>
  );
}
