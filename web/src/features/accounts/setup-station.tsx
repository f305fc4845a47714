import type { FormEvent } from 'react';
import { useText } from '../../i18n/language.ts';
import { Button } from '../../ui/controls.tsx';
import { Poster } from './setup-poster.tsx';

interface StationStepProps {
  name: string;
  onName(name: string): void;
  onDone(): void;
}

/** The first question, and only it. */
export function StationStep({ name, onName, onDone }: StationStepProps) {
  const { t } = useText();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== '') onDone();
  };
  return (
    <form onSubmit={submit}>
      <Poster>{t('setup.stationTitle')}</Poster>
      <label className="mt-10 block">
        <span className="sr-only">{t('setup.station')}</span>
        <input
          // biome-ignore lint/a11y/noAutofocus: the screen has one question and this is its answer.
          autoFocus
          required
          maxLength={120}
          value={name}
          aria-describedby="station-hint"
          placeholder={t('setup.stationExample')}
          onChange={(event) => onName(event.target.value)}
          className="w-full border-b-2 border-line-strong bg-transparent pb-2 font-serif text-title text-ink placeholder:text-faint focus:border-ink focus-visible:outline-none"
        />
      </label>
      <p id="station-hint" className="mt-2 text-note text-faint">
        {t('setup.stationHint')}
      </p>
      <Button type="submit" look="primary" className="mt-9" disabled={name.trim() === ''}>
        {t('setup.next')}
      </Button>
    </form>
  );
}
