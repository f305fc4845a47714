import type { ComponentProps } from 'react';
import { usePlayerState, useServices } from '../app-services.ts';
import { useText } from '../i18n/language.ts';
import { Select } from '../ui/controls.tsx';
import { rates } from './habits.ts';

/** The speeds to choose from. */
export function RateSelect(props: ComponentProps<'select'>) {
  const { language } = useText();
  const { player } = useServices();
  const rate = usePlayerState((state) => state.rate);
  const written = (value: number) => `${new Intl.NumberFormat(language).format(value)}\u202f×`;
  return (
    <Select
      quiet
      {...props}
      value={rate}
      onChange={(event) => player.habits.setRate(Number(event.target.value))}
    >
      {rates.map((value) => (
        <option key={value} value={value}>
          {written(value)}
        </option>
      ))}
    </Select>
  );
}
