import { useQuery } from '@tanstack/react-query';
import { useServices } from '../../app-services.ts';
import { formatBytes } from '../../i18n/format.ts';
import { useText } from '../../i18n/language.ts';
import { Icon } from '../../ui/icons.tsx';
import type { Debat } from './archive-search.ts';

const freshMs = 600_000;

/** The sound to take away. The addresses are signed for a while: they are renewed while the page is open. */
export function DebatDownloads({ debat }: { debat: Debat }) {
  const { t, language } = useText();
  const { session } = useServices();
  const streaming = useQuery({
    queryKey: ['streaming', debat.id],
    queryFn: ({ signal }) =>
      session.client.get('/api/debats/{id}/streaming', { path: { id: debat.id }, signal }),
    staleTime: freshMs,
    refetchInterval: freshMs,
  });
  const renditions = streaming.data?.renditions ?? [];
  if (renditions.length === 0) return null;
  return (
    <section className="mt-8">
      <h2 className="mb-2 font-medium">{t('debat.download')}</h2>
      <ul className="flex flex-wrap gap-x-8 gap-y-1">
        {renditions.map(({ format, quality, file_size: sizeBytes, download_url: address }) => {
          return (
            <li key={`${format} ${quality}`}>
              <a
                href={address}
                download
                className="inline-flex min-h-10 items-center gap-2.5 no-underline hover:underline"
              >
                <Icon name="download" size={16} />
                <span>
                  <span className="sr-only">{t('debat.download')} </span>
                  {format.toUpperCase()} <span className="text-faint">{quality}</span>
                  {sizeBytes !== null && (
                    <span className="text-faint"> · {formatBytes(sizeBytes, language)}</span>
                  )}
                </span>
              </a>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
