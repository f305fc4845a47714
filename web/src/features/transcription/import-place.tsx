import { useRef, useState } from 'react';
import { useText } from '../../i18n/language.ts';
import { Button } from '../../ui/controls.tsx';

interface ImportPlaceProps {
  isBusy: boolean;
  disabled: boolean;
  onFile(file: File): void;
}

/** A place to drop a text with times, with a button that does the same. */
export function ImportPlace({ isBusy, disabled, onFile }: ImportPlaceProps) {
  const { t } = useText();
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const take = (files: FileList | null) => {
    const file = files?.[0];
    if (file !== undefined && !disabled) onFile(file);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is the pointer's way; the button is the other.
    <div
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer.files);
      }}
      className={`mt-5 flex flex-wrap items-center gap-x-5 gap-y-3 rounded-(--radius) border border-dashed px-5 py-4 transition-colors ${isOver ? 'border-ink bg-sunk' : 'border-line-strong'}`}
    >
      <p className="min-w-60 flex-1 text-soft">
        {t('transcript.importDrop')}
        <span className="block text-note text-faint">{t('transcript.importFormats')}</span>
      </p>
      <Button disabled={disabled} onClick={() => input.current?.click()}>
        {isBusy ? t('transcript.importing') : t('transcript.import')}
      </Button>
      <input
        ref={input}
        type="file"
        accept=".srt,.vtt,.json,text/vtt,application/x-subrip,application/json"
        className="sr-only"
        tabIndex={-1}
        aria-label={t('transcript.importFile')}
        onChange={(event) => {
          take(event.target.files);
          event.target.value = '';
        }}
      />
    </div>
  );
}
