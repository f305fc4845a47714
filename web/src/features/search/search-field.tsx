import { type KeyboardEvent, useEffect, useRef } from 'react';
import { useText } from '../../i18n/language.ts';
import { Icon } from '../../ui/icons.tsx';
import { useTyped } from '../../ui/use-typed.ts';

const typingPauseMs = 180;

/** One line to type in; results come as one types. */
export function SearchField({ q, onSearch }: { q: string; onSearch(q: string, isWhole: boolean): void }) {
  const { t } = useText();
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useTyped(q, (words) => onSearch(words, false), typingPauseMs);
  // Whoever comes with nothing to look for comes to type it.
  const isFresh = useRef(q === '');
  useEffect(() => {
    if (isFresh.current) input.current?.focus();
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') onSearch(typed, true);
    else if (event.key === 'ArrowDown') document.querySelector<HTMLElement>('[data-result]')?.focus();
    else return;
    event.preventDefault();
  };
  return (
    <search>
      <label className="flex items-center gap-3 border-b-2 border-ink text-faint focus-within:border-signal">
        <Icon name="search" size={22} />
        <span className="sr-only">{t('search.label')}</span>
        <input
          ref={input}
          type="search"
          data-search
          maxLength={500}
          autoComplete="off"
          enterKeyHint="search"
          value={typed}
          placeholder={t('search.placeholder')}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={onKeyDown}
          className="h-14 w-full min-w-0 bg-transparent font-serif text-title text-ink outline-none placeholder:text-faint"
        />
      </label>
    </search>
  );
}
