import type { Schema } from '@antenne/client';
import { useQueryClient } from '@tanstack/react-query';
import { useText } from '../../i18n/language.ts';
import { Select } from '../../ui/controls.tsx';

/** The commissions met so far in the lists that were shown, in alphabetical order. */
function useKnownCommissions(): string[] {
  const queries = useQueryClient();
  const lists = queries.getQueriesData<Schema<'DebatPage'>>({ queryKey: ['debats'] });
  const names = lists.flatMap(([, list]) => list?.debats.map((debat) => debat.commission) ?? []);
  return [...new Set(names.filter((name) => name !== null))].sort((a, b) => a.localeCompare(b));
}

interface CommissionSelectProps {
  value: string | undefined;
  onChange(commission: string): void;
}

export function CommissionSelect({ value, onChange }: CommissionSelectProps) {
  const { t } = useText();
  const known = useKnownCommissions();
  const names = value === undefined || known.includes(value) ? known : [value, ...known];
  return (
    <Select
      quiet
      className="md:max-w-64"
      aria-label={t('archive.commission')}
      value={value ?? ''}
      onChange={(event) => onChange(event.target.value)}
    >
      <option value="">{t('archive.commission')}</option>
      {names.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </Select>
  );
}
