import { useQuery } from '@tanstack/react-query';
import { useServices } from '../../app-services.ts';
import { formatBytes } from '../../i18n/format.ts';
import { useText } from '../../i18n/language.ts';
import { Icon } from '../../ui/icons.tsx';
import type { Debat } from './archive-search.ts';

/** The sound to take away. The addresses are signed for a while: they are asked for when the page opens. */
export function DebatDownloads({ debat }: { debat: Debat }) {
  const { t, language } = useText();
  const { session } = useServices();
  const streaming = useQuery({
    queryKey: ['streaming', debat.id],
    queryFn: ({ signal }) =>
      session.client.get('/api/debats/{id}/streaming', { path: { id: debat.id }, signal }),
    staleTime: 600_000,
    refetchInterval: 1_200_000,
  });
  const { download_url: address, format, quality, file_size: sizeBytes } = streaming.data ?? {};
  if (address == null) return null;
  return (
    <a
      href={address}
      download
      className="inline-flex items-center gap-3 py-1 no-underline hover:underline"
      aria-label={t('debat.downloadNamed', { format: (format ?? '').toUpperCase(), quality: quality ?? '' })}
    >
      <Icon name="download" />
      <span>
        {t('debat.download')}
        <span className="text-faint">
          {' — '}
          {[format?.toUpperCase(), quality, sizeBytes == null ? null : formatBytes(sizeBytes, language)]
            .filter((part) => part != null && part !== '')
            .join(', ')}
        </span>
      </span>
    </a>
  );
}
