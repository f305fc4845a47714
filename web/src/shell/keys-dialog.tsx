import { useText } from '../i18n/language.ts';
import { IconButton } from '../ui/controls.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { commandKey } from './command-key.ts';

/** The list of keys. */
export default function KeysDialog({ onClose }: { onClose(): void }) {
  const { t } = useText();
  const rows: [string, string[]][] = [
    [t('keys.playPause'), [t('keys.space')]],
    [t('keys.five'), ['←', '→']],
    [t('keys.ten'), ['J', 'K', 'L']],
    [t('keys.words'), [',', '.']],
    [t('keys.chapters'), ['[', ']']],
    [t('keys.rate'), ['<', '>']],
    [t('keys.copy'), ['C']],
    [t('keys.search'), ['/']],
    [t('keys.find'), ['F']],
    [t('keys.sentences'), ['↑', '↓']],
    [t('keys.palette'), [`${commandKey} K`]],
    [t('keys.list'), ['?']],
  ];
  return (
    <Dialog label={t('keys.title')} onClose={onClose}>
      <div className="p-6">
        <div className="mb-3 flex items-center justify-between">
          <h2 className="font-serif text-title font-semibold">{t('keys.title')}</h2>
          <IconButton name={t('shell.close')} icon="close" onClick={onClose} />
        </div>
        <dl>
          {rows.map(([what, keys]) => (
            <div key={what} className="flex items-center justify-between gap-6 border-t border-line py-2.5">
              <dt>{what}</dt>
              <dd className="flex shrink-0 gap-1.5">
                {keys.map((key) => (
                  <kbd
                    key={key}
                    className="min-w-7 rounded-[4px] border border-line-strong px-1.5 text-center font-sans text-note"
                  >
                    {key}
                  </kbd>
                ))}
              </dd>
            </div>
          ))}
        </dl>
      </div>
    </Dialog>
  );
}
