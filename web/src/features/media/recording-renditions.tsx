import { addressOf } from '@antenne/client';
import { useMutation } from '@tanstack/react-query';
import { useMay, useServices } from '../../app-services.ts';
import { formatBytes } from '../../i18n/format.ts';
import { useText } from '../../i18n/language.ts';
import { Button } from '../../ui/controls.tsx';
import { Icon } from '../../ui/icons.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import type { Recording } from './recording.ts';

type Rendition = Recording['renditions'][number];

/** Leaves the page where it is: the answer is an attachment. */
function download(address: string, name: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
}

/** The forms a recording exists in, each to take away through an address signed at the moment of asking. */
export function RecordingRenditions({ recording }: { recording: Recording }) {
  const { t } = useText();
  const { session } = useServices();
  const maySign = useMay('media.read');
  const take = useMutation({
    mutationFn: async ({ format, quality }: Rendition) => {
      const path = { id: recording.id };
      const name = `${recording.title}.${format}`;
      if (!maySign) {
        // Public, or whoever reads this page could not: no signature is asked.
        download(addressOf('', '/api/recordings/{id}/download', { path, query: { format, quality } }), name);
        return;
      }
      const body = { path: 'download', format, quality } as const;
      const signed = await session.client.post('/api/recordings/{id}/sign', { path, body });
      download(signed.url, name);
    },
  });
  if (recording.renditions.length === 0) return null;
  return (
    <section className="mt-8">
      <h2 className="font-medium">{t('recordings.renditions')}</h2>
      <p className="mb-3 text-note text-faint">{t('recordings.renditionsLead')}</p>
      <ul className="border-b border-line">
        {recording.renditions.map((rendition) => (
          <RenditionRow
            key={`${rendition.format} ${rendition.quality}`}
            rendition={rendition}
            onTake={() => take.mutate(rendition)}
          />
        ))}
      </ul>
      {take.isError && (
        <div className="mt-4">
          <ProblemNote problem={take.error} />
        </div>
      )}
    </section>
  );
}

function RenditionRow({ rendition, onTake }: { rendition: Rendition; onTake(): void }) {
  const { t, language } = useText();
  const { format, quality, status, file_size: sizeBytes } = rendition;
  const isReady = status === 'completed';
  const state = status === 'error' ? t('recordings.renditionError') : t('recordings.renditionPending');
  const name = { format: format.toUpperCase(), quality };
  return (
    <li className="flex min-h-12 items-center gap-4 border-t border-line">
      <span className="w-24">
        {name.format} <span className="text-faint">{quality}</span>
      </span>
      <span className="text-faint">
        {isReady ? (sizeBytes === null ? '' : formatBytes(sizeBytes, language)) : state}
      </span>
      {isReady && (
        <Button
          look="quiet"
          className="mr-0 ml-auto"
          aria-label={t('debat.downloadNamed', name)}
          onClick={onTake}
        >
          <Icon name="download" size={16} />
          {t('recordings.download')}
        </Button>
      )}
    </li>
  );
}
