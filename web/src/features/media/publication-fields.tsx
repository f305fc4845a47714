import { useMay } from '../../app-services.ts';
import { useText } from '../../i18n/language.ts';
import { Field, Select, TextInput } from '../../ui/controls.tsx';
import { LanguageField } from '../../ui/language-field.tsx';
import { debatTypes } from '../archive/archive-search.ts';
import { spokenLanguages } from './spoken-languages.ts';
import type { Publication } from './upload-queue.ts';

type Details = Omit<Publication, 'title'>;

interface PublicationFieldsProps {
  title: string;
  onTitle(title: string): void;
  language: string;
  onLanguage(language: string): void;
  publishes: boolean;
  onPublishes(publishes: boolean): void;
  details: Details;
  onDetails(details: Details): void;
}

/** What to call the sound, and whether it goes into the archive at once. */
export function PublicationFields({
  title,
  onTitle,
  language,
  onLanguage,
  publishes,
  onPublishes,
  details,
  onDetails,
}: PublicationFieldsProps) {
  const { t } = useText();
  const mayPublish = useMay('archive.write');
  return (
    <div className="flex flex-col gap-5 max-lg:order-first">
      <Field label={t('bring.recordingTitle')} optional={t('bring.optional')} hint={t('bring.titleForOne')}>
        {(control) => (
          <TextInput
            {...control}
            maxLength={500}
            value={title}
            placeholder={t('bring.titleHint')}
            onChange={(event) => onTitle(event.target.value)}
          />
        )}
      </Field>
      <LanguageField
        label={t('bring.language')}
        hint={t('bring.languageHint')}
        value={language}
        languages={spokenLanguages}
        onChange={onLanguage}
      />
      {mayPublish && (
        <label className="grid cursor-pointer grid-cols-[auto_1fr] gap-x-3 border-t border-line pt-5">
          <input
            type="checkbox"
            checked={publishes}
            onChange={(event) => onPublishes(event.target.checked)}
            className="mt-1 size-4.5 accent-(--ink)"
          />
          <span className="font-medium">{t('bring.publish')}</span>
          <span className="col-start-2 text-note text-faint">{t('bring.publishHint')}</span>
        </label>
      )}
      {publishes && <DebatFields details={details} onDetails={onDetails} />}
    </div>
  );
}

function DebatFields({ details, onDetails }: { details: Details; onDetails(details: Details): void }) {
  const { t } = useText();
  return (
    <>
      <Field label={t('bring.date')}>
        {(control) => (
          <TextInput
            {...control}
            type="date"
            required
            value={details.date}
            onChange={(event) => onDetails({ ...details, date: event.target.value })}
          />
        )}
      </Field>
      <Field label={t('bring.type')}>
        {(control) => (
          <Select
            {...control}
            value={details.type}
            onChange={(event) => {
              const type = debatTypes.find((known) => known === event.target.value) ?? 'autre';
              onDetails({ ...details, type });
            }}
          >
            {debatTypes.map((type) => (
              <option key={type} value={type}>
                {t(`type.${type}`)}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label={t('bring.commission')} optional={t('bring.optional')}>
        {(control) => (
          <TextInput
            {...control}
            maxLength={255}
            value={details.commission}
            onChange={(event) => onDetails({ ...details, commission: event.target.value })}
          />
        )}
      </Field>
    </>
  );
}
