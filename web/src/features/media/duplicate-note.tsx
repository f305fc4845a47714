import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useSyncExternalStore } from 'react';
import { useMay, useServices } from '../../app-services.ts';
import { useText } from '../../i18n/language.ts';
import { Button } from '../../ui/controls.tsx';
import type { Recording } from './recording.ts';

interface DuplicateNoteProps {
  recording: Recording;
  /** False for one that something already uses. */
  isRemovable?: boolean;
  onRemoved?(): void;
}

/** Says of a sound that its very bytes are here already, with the way to the first one and to removing this one. */
export function DuplicateNote({ recording, isRemovable = true, onRemoved }: DuplicateNoteProps) {
  const { t } = useText();
  const { session, removals } = useServices();
  const queries = useQueryClient();
  const mayRemove = useMay('media.delete');
  const isRemoved = useSyncExternalStore(removals.subscribe, removals.getState).has(recording.id);
  const { id, duplicate_of: first } = recording;
  if (first === null) return null;
  const remove = () =>
    removals.take(id, { said: t('bring.duplicateRemoved'), undo: t('bring.undo') }, async () => {
      await session.client.delete('/api/recordings/{id}', { path: { id } });
      onRemoved?.();
      await queries.invalidateQueries({ queryKey: ['recordings'] });
    });
  return (
    <p className="flex flex-wrap items-center gap-x-4 border-l-2 border-line-strong pl-4">
      <span>{isRemoved ? t('bring.duplicateRemoved') : t('bring.duplicate')}</span>
      <Link
        to="/recordings/$id"
        params={{ id: first }}
        className="py-1.5 underline decoration-line-strong underline-offset-3"
      >
        {t('bring.duplicateOpen')}
      </Link>
      {mayRemove && isRemovable && !isRemoved && (
        <Button look="losing" onClick={remove}>
          {t('bring.duplicateRemove')}
        </Button>
      )}
    </p>
  );
}
