import { Link } from '@tanstack/react-router';
import { useMay } from '../../app-services.ts';
import { useText } from '../../i18n/language.ts';
import { Button } from '../../ui/controls.tsx';
import type { Recording } from './recording.ts';
import { useTrash } from './use-trash.ts';

interface DuplicateNoteProps {
  recording: Recording;
  /** False for one that something already uses. */
  isRemovable?: boolean;
  onRemoved?(): void;
}

/** Says of a sound that its very bytes are here already, with the way to the first one and to removing this one. */
export function DuplicateNote({ recording, isRemovable = true, onRemoved }: DuplicateNoteProps) {
  const { t } = useText();
  const trash = useTrash();
  const mayRemove = useMay('media.delete');
  const { duplicate_of: first } = recording;
  if (first === null) return null;
  const remove = async () => {
    if (await trash.remove(recording)) onRemoved?.();
  };
  return (
    <p className="flex flex-wrap items-center gap-x-4 border-l-2 border-line-strong pl-4">
      <span>{t('bring.duplicate')}</span>
      <Link
        to="/recordings/$id"
        params={{ id: first }}
        className="py-1.5 underline decoration-line-strong underline-offset-3"
      >
        {t('bring.duplicateOpen')}
      </Link>
      {mayRemove && isRemovable && (
        <Button look="losing" onClick={() => void remove()}>
          {t('bring.duplicateRemove')}
        </Button>
      )}
    </p>
  );
}
