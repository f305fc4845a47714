import { formatLanguage } from '../../i18n/format.ts';
import { useText } from '../../i18n/language.ts';

/** No engine of this server understands a language: what would. */
export function HowToGetAnEngine({ language }: { language: string }) {
  const { t, language: reader } = useText();
  const name = formatLanguage(language, reader);
  return (
    <div role="status" className="mt-4 border-l-2 border-line-strong py-1 pl-4">
      <p>{t('transcript.noEngine', { language: name })}</p>
      <ul className="mt-1 list-disc pl-5 text-soft">
        {language === 'en' && <li>{t('transcript.installEngine')}</li>}
        <li>
          {t('transcript.serverEngine')} <code className="text-note">TRANSCRIPTION_API_URL</code>
        </li>
        <li>{t('transcript.orImport')}</li>
      </ul>
    </div>
  );
}
