import { formatLanguage } from '../i18n/format.ts';
import { useText } from '../i18n/language.ts';
import { Field, Select } from './controls.tsx';

interface LanguageFieldProps {
  label: string;
  hint?: string;
  value: string;
  languages: readonly string[];
  onChange(language: string): void;
}

/** A choice of languages, each named in the reader's own. */
export function LanguageField({ label, hint, value, languages, onChange }: LanguageFieldProps) {
  const { language } = useText();
  const names = languages.map((tag) => [tag, formatLanguage(tag, language)] as const);
  return (
    <Field label={label} hint={hint}>
      {(control) => (
        <Select {...control} value={value} onChange={(event) => onChange(event.target.value)}>
          {names.map(([tag, name]) => (
            <option key={tag} value={tag}>
              {name}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
