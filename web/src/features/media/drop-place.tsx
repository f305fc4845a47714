import { type DragEvent, useRef, useState } from 'react';
import { useText } from '../../i18n/language.ts';
import { Button } from '../../ui/controls.tsx';

/** A place to drop files on, with a button that does the same. */
export function DropPlace({ onFiles }: { onFiles(files: File[]): void }) {
  const { t } = useText();
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const take = (list: FileList | null) => {
    const files = [...(list ?? [])];
    if (files.length > 0) onFiles(files);
  };
  const onDrag = (event: DragEvent) => {
    event.preventDefault();
    setOver(event.type === 'dragover' || event.type === 'dragenter');
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is the pointer's way; the button is the other.
    <div
      onDragEnter={onDrag}
      onDragOver={onDrag}
      onDragLeave={onDrag}
      onDrop={(event) => {
        onDrag(event);
        take(event.dataTransfer.files);
      }}
      className={`flex flex-col items-center gap-4 rounded-(--radius) border border-dashed px-6 py-14 text-center transition-colors ${isOver ? 'border-ink bg-sunk' : 'border-line-strong'}`}
    >
      <DropDrawing isOver={isOver} />
      <p className="font-serif text-title font-semibold">{isOver ? t('bring.dropNow') : t('bring.drop')}</p>
      <Button look="primary" onClick={() => input.current?.click()}>
        {t('bring.choose')}
      </Button>
      <input
        ref={input}
        type="file"
        multiple
        accept="audio/*,video/*,.mxf,.mka,.mkv,.opus,.flac,.caf,.wv"
        className="sr-only"
        tabIndex={-1}
        aria-label={t('bring.files')}
        onChange={(event) => {
          take(event.target.files);
          event.target.value = '';
        }}
      />
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
