import { type ComponentProps, type ReactNode, useId } from 'react';
import { Icon, type IconName } from './icons.tsx';

const base =
  'inline-flex items-center justify-center gap-2 rounded-(--radius) font-medium transition-colors duration-150 disabled:opacity-55 whitespace-nowrap';
const looks = {
  primary: 'min-h-11 px-5 bg-ink text-paper hover:bg-soft',
  secondary: 'min-h-11 px-4 border border-line-strong text-ink hover:bg-sunk',
  quiet: 'min-h-9 px-2.5 -mx-2.5 text-soft hover:text-ink hover:bg-sunk',
  losing: 'min-h-9 px-2.5 -mx-2.5 text-signal-text hover:bg-sunk',
};

/** The classes of a button, for the links that look like one. */
export const buttonLook = (look: keyof typeof looks = 'secondary'): string => `${base} ${looks[look]}`;

export function Button({
  look = 'secondary',
  className = '',
  ...rest
}: ComponentProps<'button'> & { look?: keyof typeof looks }) {
  return <button type="button" className={`${buttonLook(look)} ${className}`} {...rest} />;
}

/** A square button with a drawing; its name is read aloud and shown on hover. */
export function IconButton({
  name,
  icon,
  size = 18,
  className = '',
  ...rest
}: Omit<ComponentProps<'button'>, 'name'> & { name: string; icon: IconName; size?: number }) {
  return (
    <button
      type="button"
      aria-label={name}
      title={name}
      className={`inline-flex size-10 shrink-0 items-center justify-center rounded-(--radius) text-soft transition-colors duration-150 hover:bg-sunk hover:text-ink disabled:opacity-40 ${className}`}
      {...rest}
    >
      <Icon name={icon} size={size} />
    </button>
  );
}

interface FieldProps {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  optional?: string;
  /** Receives the attributes that tie the control to its label, hint and error. */
  children(control: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true }): ReactNode;
}

/** A label, its control, a hint below it, and the error in place of the hint. */
export function Field({ label, hint, error, optional, children }: FieldProps) {
  const id = useId();
  const noteId = `${id}-note`;
  const hasNote = hint !== undefined || error !== undefined;
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-medium">
        {label}
        {optional !== undefined && <span className="font-normal text-faint"> — {optional}</span>}
      </label>
      {children({
        id,
        ...(hasNote ? { 'aria-describedby': noteId } : {}),
        ...(error === undefined ? {} : { 'aria-invalid': true }),
      })}
      {hasNote && (
        <p id={noteId} className={`text-note ${error === undefined ? 'text-faint' : 'text-signal-text'}`}>
          {error ?? hint}
        </p>
      )}
    </div>
  );
}

const inputLook =
  'min-h-11 w-full rounded-(--radius) border border-line-strong bg-raised px-3 text-ink placeholder:text-faint aria-invalid:border-signal-text';

export function TextInput({ className = '', ...rest }: ComponentProps<'input'>) {
  return <input className={`${inputLook} ${className}`} {...rest} />;
}

/** A native list of choices, which phones and keyboards know. */
export function Select({
  className = '',
  quiet = false,
  ...rest
}: ComponentProps<'select'> & { quiet?: boolean }) {
  const look = quiet
    ? 'min-h-10 max-w-full [field-sizing:content] rounded-(--radius) border-0 bg-transparent pl-2.5 pr-7 text-soft hover:text-ink hover:bg-sunk'
    : `${inputLook} pr-9`;
  return (
    <span className={`relative inline-flex min-w-0 items-center justify-self-start ${className}`}>
      <select className={`appearance-none text-ellipsis ${look}`} {...rest} />
      <span className="pointer-events-none absolute right-2 text-faint">
        <Icon name="chevron" size={14} />
      </span>
    </span>
  );
}

/** How far work has come; without a figure, that it is under way. */
export function Progress({ label, percent }: { label: string; percent: number | null }) {
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(percent === null ? {} : { 'aria-valuenow': Math.round(percent) })}
      className="h-1 w-full overflow-hidden rounded-full bg-line"
    >
      <div
        className={`h-full rounded-full bg-ink transition-[width] duration-200 ${percent === null ? 'w-1/4 animate-pulse' : ''}`}
        style={percent === null ? undefined : { width: `${Math.min(100, Math.max(0, percent))}%` }}
      />
    </div>
  );
}
