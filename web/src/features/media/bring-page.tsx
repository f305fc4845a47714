import { useState } from 'react';
import { useServices } from '../../app-services.ts';
import { useText } from '../../i18n/language.ts';
import { PageHeading, usePageTitle } from '../../ui/page.tsx';
import { AddressForm } from './address-form.tsx';
import type { Collected } from './collect-files.ts';
import { DropPlace } from './drop-place.tsx';
import { InterruptedList } from './interrupted-list.tsx';
import { PublicationFields } from './publication-fields.tsx';
import { SkippedNote } from './skipped-note.tsx';
import { UploadList } from './upload-list.tsx';
import type { Publication } from './upload-queue.ts';

/** `conseil_2026-11-18.wav` → `conseil 2026-11-18`: a name one can read, until a better one. */
export function titleFromName(fileName: string): string {
  const stem = fileName.replace(/\.[^.]{1,5}$/, '');
  return stem.replaceAll(/[_\s]+/g, ' ').trim() || fileName;
}

/** Today where the reader is, as the day of a sitting. */
function today(): string {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

/** Bring a sound: files, or an address; in the archive at once if one likes. */
export default function BringPage() {
  const { t, language: reader } = useText();
  const { uploads } = useServices();
  const [title, setTitle] = useState('');
  const [language, setLanguage] = useState<string>(reader);
  const [skipped, setSkipped] = useState<readonly string[]>([]);
  const [publishes, setPublishes] = useState(false);
  const [details, setDetails] = useState<Omit<Publication, 'title'>>({
    date: today(),
    type: 'seance_publique',
    commission: '',
  });
  usePageTitle(t('bring.title'));

  const addFiles = ({ files, skipped: others }: Collected) => {
    setSkipped(others);
    for (const file of files) {
      const named = files.length === 1 && title.trim() !== '' ? title.trim() : titleFromName(file.name);
      uploads.add(file, named, language, publishes ? { ...details, title: named } : null);
    }
    setTitle('');
  };

  return (
    <>
      <PageHeading className="pt-8 pb-7 md:pt-10">{t('bring.title')}</PageHeading>
      <div className="grid gap-x-16 gap-y-10 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div>
          <DropPlace onCollected={addFiles} />
          <SkippedNote names={skipped} onDismiss={() => setSkipped([])} />
          <div className="mt-8">
            <UploadList />
            <InterruptedList />
          </div>
          <section className="mt-8 border-t border-line pt-6">
            <h2 className="mb-4 font-serif text-title font-semibold">{t('bring.address')}</h2>
            <AddressForm
              title={title}
              language={language}
              publication={publishes ? { ...details, title: title.trim() } : null}
              onDone={() => setTitle('')}
            />
          </section>
        </div>
        <PublicationFields
          title={title}
          onTitle={setTitle}
          language={language}
          onLanguage={setLanguage}
          publishes={publishes}
          onPublishes={setPublishes}
          details={details}
          onDetails={setDetails}
        />
      </div>
    </>
  );
}
