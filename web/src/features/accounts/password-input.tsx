import { type ComponentProps, useState } from 'react';
import { useText } from '../../i18n/language.ts';
import { TextInput } from '../../ui/controls.tsx';

/** A password, hidden until one asks to see it. */
export function PasswordInput(props: Omit<ComponentProps<'input'>, 'type'>) {
  const { t } = useText();
  const [isShown, setShown] = useState(false);
  return (
    <span className="relative flex">
      <TextInput {...props} type={isShown ? 'text' : 'password'} required className="pr-24" />
      <button
        type="button"
        aria-label={isShown ? t('signIn.hide') : t('signIn.show')}
        aria-pressed={isShown}
        onClick={() => setShown(!isShown)}
        className="absolute inset-y-1 right-1 w-11 rounded-[4px] text-soft hover:bg-sunk hover:text-ink"
      >
        <Eye isOpen={isShown} />
      </button>
    </span>
  );
}

function Eye({ isOpen }: { isOpen: boolean }) {
  return (
    <svg
      aria-hidden="true"
      width="20"
      height="20"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.6}
      strokeLinecap="round"
      className="mx-auto"
    >
      <path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Z" />
      <circle cx="12" cy="12" r="2.8" />
      {!isOpen && <path d="m4 20 16-16" />}
    </svg>
  );
}
