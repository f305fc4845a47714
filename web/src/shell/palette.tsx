import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useDeferredValue, useEffect, useState } from 'react';
import { type Services, useMay, useMe, useServices } from '../app-services.ts';
import { formatDay } from '../i18n/format.ts';
import { useText } from '../i18n/language.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icons.tsx';
import { signOutOf } from './sign-out.ts';
import { chooseTheme, isDark } from './theme.ts';

interface Entry {
  id: string;
  group: string;
  text: string;
  note?: string;
  act(): void;
}

/** Ignores case and accents, so that « debat » finds « Débat ». */
export const plainText = (text: string): string =>
  text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();

const foundDebats = 8;

function useDebats(query: string) {
  const { session } = useServices();
  return useQuery({
    queryKey: ['palette', query],
    queryFn: ({ signal }) =>
      session.client.get('/api/debats', { query: { q: query, per_page: foundDebats }, signal }),
    enabled: query.length >= 2,
    placeholderData: (before) => before,
  });
}

/** Waits for a pause in the typing before the server is asked. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text.trim()), 150);
    return () => clearTimeout(timer);
  }, [text]);
  return useDeferredValue(settled);
}

function useEntries(query: string, services: Services): Entry[] {
  const { t, language, chooseLanguage } = useText();
  const navigate = useNavigate();
  const me = useMe();
  const mayBring = useMay('media.write');
  const mayReadTexts = useMay('transcription.read');
  const settled = useSettled(query);
  const debats = useDebats(settled);
  const go = (to: string) => () => void navigate({ to });
  const group = { go: t('palette.go'), actions: t('palette.actions'), debats: t('palette.debats') };
  const fixed: Entry[] = [
    { id: 'archive', group: group.go, text: t('shell.archive'), act: go('/archive') },
    { id: 'spoken', group: group.go, text: t('shell.search'), act: go('/search') },
  ];
  if (me !== null)
    fixed.push({ id: 'recordings', group: group.go, text: t('shell.recordings'), act: go('/recordings') });
  if (mayReadTexts)
    fixed.push({
      id: 'transcriptions',
      group: group.go,
      text: t('shell.transcriptions'),
      act: go('/transcriptions'),
    });
  if (mayBring)
    fixed.push({ id: 'bring', group: group.go, text: t('palette.bring'), act: go('/recordings/new') });
  if (me === null)
    fixed.push({ id: 'sign-in', group: group.go, text: t('shell.signIn'), act: go('/sign-in') });
  fixed.push(
    {
      id: 'theme',
      group: group.actions,
      text: isDark() ? t('palette.toLight') : t('palette.toDark'),
      act: () => chooseTheme(isDark() ? 'light' : 'dark'),
    },
    {
      id: 'language',
      group: group.actions,
      text: language === 'fr' ? t('palette.toEnglish') : t('palette.toFrench'),
      act: () => void chooseLanguage(language === 'fr' ? 'en' : 'fr'),
    },
  );
  if (me !== null)
    fixed.push({
      id: 'sign-out',
      group: group.actions,
      text: t('shell.signOut'),
      act: () => void signOutOf(services),
    });
  const wanted = plainText(query.trim());
  if (wanted === '') return fixed;
  const found = settled.length >= 2 ? (debats.data?.debats ?? []) : [];
  return [
    ...fixed.filter((entry) => plainText(entry.text).includes(wanted)),
    ...found.map((debat) => ({
      id: debat.id,
      group: group.debats,
      text: debat.title,
      note: formatDay(debat.date, language),
      act: () => void navigate({ to: '/archive/$id', params: { id: debat.id } }),
    })),
    {
      id: 'search',
      group: group.debats,
      text: t('palette.searchSpoken', { query: query.trim() }),
      act: () => void navigate({ to: '/search', search: { q: query.trim() } }),
    },
  ];
}

/** One line to type, everything to reach: pages, actions, débats. */
export default function Palette({ onClose }: { onClose(): void }) {
  const services = useServices();
  const { t } = useText();
  const [query, setQuery] = useState('');
  const [chosen, setChosen] = useState(0);
  const entries = useEntries(query, services);
  const active = Math.min(chosen, entries.length - 1);

  const run = (entry: Entry | undefined) => {
    if (entry === undefined) return;
    onClose();
    entry.act();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setChosen((active + 1) % entries.length);
    else if (event.key === 'ArrowUp') setChosen((active - 1 + entries.length) % entries.length);
    else if (event.key === 'Enter') run(entries[active]);
    else return;
    event.preventDefault();
  };

  return (
    <Dialog label={t('palette.title')} onClose={onClose} className="mt-[12vh]">
      <div className="flex items-center gap-3 border-b border-line px-4 text-faint">
        <Icon name="search" />
        <input
          autoFocus
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-entries"
          aria-activedescendant={entries[active] === undefined ? undefined : `palette-${entries[active].id}`}
          aria-label={t('palette.title')}
          placeholder={t('palette.placeholder')}
          className="h-14 w-full bg-transparent text-lead text-ink outline-none placeholder:text-faint"
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setChosen(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div
        id="palette-entries"
        role="listbox"
        aria-label={t('palette.title')}
        className="max-h-[56vh] overflow-y-auto p-2"
      >
        {entries.map((entry, index) => (
          <PaletteEntry
            key={entry.id}
            entry={entry}
            isActive={index === active}
            heading={entries[index - 1]?.group === entry.group ? null : entry.group}
            onChoose={() => run(entry)}
            onPoint={() => setChosen(index)}
          />
        ))}
      </div>
      <p role="status" className="sr-only">
        {t('palette.results', { count: entries.length })}
      </p>
    </Dialog>
  );
}

interface PaletteEntryProps {
  entry: Entry;
  isActive: boolean;
  heading: string | null;
  onChoose(): void;
  onPoint(): void;
}

function PaletteEntry({ entry, isActive, heading, onChoose, onPoint }: PaletteEntryProps) {
  return (
    <>
      {heading !== null && (
        <div role="presentation" className="px-3 pt-3 pb-1 text-note text-faint">
          {heading}
        </div>
      )}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the combobox above. */}
      <div
        id={`palette-${entry.id}`}
        role="option"
        tabIndex={-1}
        aria-selected={isActive}
        ref={(element) => {
          if (isActive) element?.scrollIntoView({ block: 'nearest' });
        }}
        className={`flex cursor-pointer items-baseline gap-3 rounded-(--radius) px-3 py-2 ${isActive ? 'bg-sunk' : ''}`}
        onClick={onChoose}
        onPointerMove={onPoint}
      >
        <span className="min-w-0 flex-1 truncate">{entry.text}</span>
        {entry.note !== undefined && <span className="shrink-0 text-note text-faint">{entry.note}</span>}
      </div>
    </>
  );
}
