import { ApiProblem } from '@antenne/client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useServices } from '../../app-services.ts';
import { useText } from '../../i18n/language.ts';
import { Button, Field, TextInput } from '../../ui/controls.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { ImportList } from './import-list.tsx';
import type { Publication } from './upload-queue.ts';

interface AddressFormProps {
  title: string;
  language: string;
  /** The débat to make of it, or null for a recording alone. */
  publication: Publication | null;
  onDone(): void;
}

/** True for a whole web address. */
export const isWebAddress = (text: string): boolean =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

/** Asks the server to fetch sounds, and tells how each comes along; it works on while one goes elsewhere. */
export function AddressForm({ title, language, publication, onDone }: AddressFormProps) {
  const { t } = useText();
  const { session, notices } = useServices();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [address, setAddress] = useState('');
  const [error, setError] = useState<string>();
  const [imported, setImported] = useState<readonly string[]>([]);

  const fetching = useMutation({
    mutationFn: async (url: string): Promise<{ recordingId?: string; debateId?: string }> => {
      if (publication === null) {
        const { recording_id: recordingId } = await session.client.post('/api/recordings/import', {
          body: { url, title: title.trim() || undefined, language },
        });
        return { recordingId };
      }
      const { commission, ...sheet } = publication;
      const body = { ...sheet, source_url: url, commission: commission || undefined };
      const debat = await session.client.post('/api/debats', { body });
      await session.client.post('/api/debats/{id}/extract', { path: { id: debat.id }, body: {} });
      return { debateId: debat.id };
    },
    onSuccess: ({ recordingId, debateId }) => {
      setAddress('');
      onDone();
      notices.say(t('bring.fetched'));
      void queries.invalidateQueries({ queryKey: ['recordings'] });
      void queries.invalidateQueries({ queryKey: ['debats'] });
      if (recordingId !== undefined) setImported((before) => [recordingId, ...before]);
      if (debateId !== undefined) void navigate({ to: '/archive/$id', params: { id: debateId } });
    },
  });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const url = address.trim();
    const fault = !isWebAddress(url)
      ? t('bring.addressNeeded')
      : publication !== null && publication.title === ''
        ? t('bring.titleNeeded')
        : undefined;
    setError(fault);
    if (fault === undefined) fetching.mutate(url);
  };

  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <div className="flex flex-col gap-3 sm:flex-row sm:items-start">
        <div className="flex-1">
          <Field label={t('bring.addressLabel')} hint={t('bring.addressHint')} error={error}>
            {(control) => (
              <TextInput
                {...control}
                type="url"
                inputMode="url"
                value={address}
                placeholder="https://"
                onChange={(event) => setAddress(event.target.value)}
              />
            )}
          </Field>
        </div>
        <Button type="submit" disabled={fetching.isPending} className="sm:mt-[1.875rem]">
          {fetching.isPending ? t('bring.fetching') : t('bring.fetch')}
        </Button>
      </div>
      {fetching.isError && (
        <div>
          <ProblemNote problem={fetching.error} />
          <SameSourceLink problem={fetching.error} />
        </div>
      )}
      <ImportList ids={imported} />
    </form>
  );
}

/** When the address is here already, the way to what was made of it. */
function SameSourceLink({ problem }: { problem: unknown }) {
  const { t } = useText();
  if (!(problem instanceof ApiProblem)) return null;
  const { debate_id: debateId, recording_id: recordingId } = problem.extra;
  const look = 'ml-4.5 underline decoration-line-strong underline-offset-3';
  if (typeof debateId === 'string') {
    return (
      <Link to="/archive/$id" params={{ id: debateId }} className={look}>
        {t('problem.sameSourceOpen')}
      </Link>
    );
  }
  if (typeof recordingId !== 'string') return null;
  return (
    <Link to="/recordings/$id" params={{ id: recordingId }} className={look}>
      {t('problem.alreadyImportedOpen')}
    </Link>
  );
}
