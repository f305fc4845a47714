import { type ReactNode, useEffect, useRef } from 'react';

interface DialogProps {
  label: string;
  onClose(): void;
  className?: string;
  children: ReactNode;
}

/**
 * The browser's own modal dialog: it keeps the focus, closes with Escape and gives the focus back. (Radix's
 * injects a style element to hold the scroll, which the page's policy refuses.)
 */
export function Dialog({ label, onClose, className = '', children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it; the click is on the backdrop alone.
    <dialog
      ref={dialog}
      aria-label={label}
      // Told a little later: a dialog that was shown again meanwhile is not closed by its past.
      onClose={({ currentTarget }) => {
        if (!currentTarget.open) onClose();
      }}
      onClick={(event) => event.target === event.currentTarget && event.currentTarget.close()}
      className={`m-auto w-[min(38rem,calc(100vw-2rem))] rounded-(--radius) bg-raised p-0 text-ink shadow-float backdrop:bg-(--backdrop) ${className}`}
    >
      {children}
    </dialog>
  );
}
