import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMe, useServices, useUploads } from '../../app-services.ts';
import { formatBytes } from '../../i18n/format.ts';
import { useText } from '../../i18n/language.ts';
import { Button, Progress } from '../../ui/controls.tsx';
import type { Interrupted } from './send-file.ts';

const queryKey = ['interrupted-uploads'];

/** Files that an earlier page left half-way: the browser has forgotten the files, the server kept the bytes. */
export function InterruptedList() {
  const { t } = useText();
  const { session } = useServices();
  const owner = useMe()?.id ?? '';
  const isBusy = useUploads().some(({ state }) => !['sent', 'cancelled', 'failed'].includes(state));
  const interrupted = useQuery({
    queryKey,
    queryFn: async () => (await import('./send-file.ts')).listInterrupted(owner, session.token()),
    staleTime: 0,
    // What is on its way now is in the queue, not here.
    enabled: !isBusy,
  });
  if (isBusy || !interrupted.data?.length) return null;
  return (
    <section className="mb-10">
      <h2 className="font-medium">{t('bring.interrupted')}</h2>
      <p className="pb-2 text-note text-faint">{t('bring.interruptedHint')}</p>
      <ul className="border-b border-line">
        {interrupted.data.map((one) => (
          <InterruptedRow key={one.key} upload={one} />
        ))}
      </ul>
    </section>
  );
}

function InterruptedRow({ upload }: { upload: Interrupted }) {
  const { t, language } = useText();
  const { session } = useServices();
  const queries = useQueryClient();
  const { name, sentBytes, sizeBytes } = upload;
  const forget = async () => {
    const { forgetUpload } = await import('./send-file.ts');
    // Out of reach, it expires there by itself.
    await forgetUpload(upload, session.token()).catch(() => undefined);
    await queries.invalidateQueries({ queryKey });
  };
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 border-t border-line py-2.5">
      <div className="min-w-0">
        <p className="truncate font-medium">{name}</p>
        <p className="text-note text-faint">
          {t('bring.sending', {
            sent: formatBytes(sentBytes, language),
            total: formatBytes(sizeBytes, language),
          })}
        </p>
      </div>
      <Button look="losing" aria-label={t('bring.forget', { name })} onClick={() => void forget()}>
        {t('bring.forgetShort')}
      </Button>
      <div className="col-span-2">
        <Progress label={name} percent={(sentBytes / Math.max(1, sizeBytes)) * 100} />
      </div>
    </li>
  );
}
