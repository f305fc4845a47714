import { type DragEvent, type InputHTMLAttributes, useRef, useState } from 'react';
import { useText } from '../../i18n/language.ts';
import { Button } from '../../ui/controls.tsx';
import { type Collected, collectChosen, collectDropped } from './collect-files.ts';

/** React's types do not know it; every browser does. */
const folderPicker: InputHTMLAttributes<HTMLInputElement> & { webkitdirectory: string } = {
  webkitdirectory: '',
};

/** A place to drop files and folders on, with buttons that do the same. */
export function DropPlace({ onCollected }: { onCollected(collected: Collected): void }) {
  const { t } = useText();
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const take = (collected: Collected) => {
    if (collected.files.length + collected.skipped.length > 0) onCollected(collected);
  };
  const onDrag = (event: DragEvent) => {
    event.preventDefault();
    setOver(event.type === 'dragover' || event.type === 'dragenter');
  };
  const picker = {
    type: 'file',
    multiple: true,
    className: 'sr-only',
    tabIndex: -1,
    onChange: ({ target }: { target: HTMLInputElement }) => {
      take(collectChosen(target.files ?? []));
      target.value = '';
    },
  } as const;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is the pointer's way; the buttons are the other.
    <div
      onDragEnter={onDrag}
      onDragOver={onDrag}
      onDragLeave={onDrag}
      onDrop={(event) => {
        onDrag(event);
        void collectDropped(event.dataTransfer).then(take);
      }}
      className={`flex flex-col items-center gap-4 rounded-(--radius) border border-dashed px-6 py-14 text-center transition-colors max-md:py-9 ${isOver ? 'border-ink bg-sunk' : 'border-line-strong'}`}
    >
      <DropDrawing isOver={isOver} />
      <p className="font-serif text-title font-semibold">{isOver ? t('bring.dropNow') : t('bring.drop')}</p>
      <div className="flex flex-wrap justify-center gap-3">
        <Button look="primary" onClick={() => files.current?.click()}>
          {t('bring.choose')}
        </Button>
        <Button onClick={() => folder.current?.click()}>{t('bring.chooseFolder')}</Button>
      </div>
      <input
        ref={files}
        accept="audio/*,video/*,.mxf,.mka,.mkv,.opus,.flac,.caf,.wv"
        aria-label={t('bring.files')}
        {...picker}
      />
      <input ref={folder} aria-label={t('bring.folder')} {...folderPicker} {...picker} />
      <p className="max-w-[34rem] text-note text-faint">{t('bring.formats')}</p>
    </div>
  );
}

const levels = [3, 7, 12, 8, 18, 26, 16, 30, 22, 34, 20, 28, 14, 22, 10, 16, 7, 11, 5, 3];

/** A few bars of sound, flat until a file hangs over them. */
function DropDrawing({ isOver }: { isOver: boolean }) {
  return (
    <svg aria-hidden="true" width="120" height="36" viewBox="0 0 120 36" className="text-line-strong">
      {levels.map((level, index) => {
        const tall = isOver ? level : Math.max(2, level / 2);
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a fixed drawing.
            key={index}
            x={index * 6}
            y={18 - tall / 2}
            width={3}
            height={tall}
            fill="currentColor"
          />
        );
      })}
    </svg>
  );
}
