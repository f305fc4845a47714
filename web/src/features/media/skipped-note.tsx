import { formatList } from '../../i18n/format.ts';
import { useText } from '../../i18n/language.ts';
import { IconButton } from '../../ui/controls.tsx';

const namedTogether = 5;

/** Which of the chosen files were left where they are, since they are no sound. */
export function SkippedNote({ names, onDismiss }: { names: readonly string[]; onDismiss(): void }) {
  const { t, language } = useText();
  const others = names.length - namedTogether;
  const named = [
    ...names.slice(0, namedTogether),
    ...(others > 0 ? [t('bring.skippedOthers', { count: others })] : []),
  ];
  return (
    <div
      role="status"
      className={names.length > 0 ? 'mt-4 flex items-start gap-2 border-l-2 border-line-strong pl-4' : ''}
    >
      {names.length > 0 && (
        <>
          <p className="min-w-0 flex-1 py-2 wrap-anywhere">
            {t('bring.skipped', { count: names.length })}{' '}
            <span className="text-soft">{formatList(named, language)}</span>
          </p>
          <IconButton name={t('bring.dismiss')} icon="close" size={16} onClick={onDismiss} />
        </>
      )}
    </div>
  );
}
