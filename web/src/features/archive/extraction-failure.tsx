import { useQuery } from '@tanstack/react-query';
import { useMay, useServices } from '../../app-services.ts';
import { useText } from '../../i18n/language.ts';
import { failureText } from '../../ui/problem-text.ts';
import type { Debat } from './archive-search.ts';

/** Why there is no sound. The débat keeps a sentence; its recording also keeps a code we have words for. */
export function ExtractionFailure({ debat }: { debat: Debat }) {
  const { t } = useText();
  const { session } = useServices();
  const mayReadRecording = useMay('media.read');
  const id = debat.recording_id;
  const recording = useQuery({
    queryKey: ['recording', id],
    queryFn: ({ signal }) => session.client.get('/api/recordings/{id}', { path: { id: id ?? '' }, signal }),
    enabled: mayReadRecording && id !== null,
  });
  const sentence = debat.audio_files.find((file) => file.has_error)?.extraction_error ?? null;
  const code = recording.data?.error_code ?? null;
  if (code === 'media.cancelled') return <p role="status">{t('debat.cancelled')}</p>;
  return (
    <div role="status">
      <p>{t('debat.failed')}</p>
      <p className="text-faint">{failureText(code, sentence, t) ?? t('debat.failedKept')}</p>
    </div>
  );
}
