import { ApiProblem } from '@antenne/client';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useServices } from '../../app-services.ts';
import { type Translate, useText } from '../../i18n/language.ts';
import { Button, Field, TextInput } from '../../ui/controls.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { type AccountForm, accountFaults, type PasswordFault, passwordMinLength } from './account-rules.ts';
import { PasswordInput } from './password-input.tsx';
import { Poster } from './setup-poster.tsx';

interface AdministratorStepProps {
  token: string;
  organisationName: string;
  onBack(): void;
  onDone(): void;
}

/** The second screen: who administers. Faults are told once one has tried to go on. */
export function AdministratorStep({ token, organisationName, onBack, onDone }: AdministratorStepProps) {
  const { t } = useText();
  const { session } = useServices();
  const [form, setForm] = useState<AccountForm>({ username: '', email: '', password: '' });
  const [hasTried, setTried] = useState(false);
  const faults = accountFaults(form);
  const open = useMutation({
    mutationFn: () =>
      session.setUp({
        token,
        organisation_name: organisationName,
        username: form.username.trim(),
        email: form.email.trim(),
        password: form.password,
      }),
    onSuccess: onDone,
  });
  const refused = new Set(
    open.error instanceof ApiProblem ? open.error.errors.map(({ field }) => field) : [],
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!faults.username && !faults.email && faults.password === null) open.mutate();
  };
  const input = (name: keyof AccountForm) => ({
    name,
    value: form[name],
    onChange: (event: { target: { value: string } }) => {
      setForm({ ...form, [name]: event.target.value });
      open.reset();
    },
  });
  const told = (isFault: boolean, field: string, rule: string) =>
    (hasTried && isFault) || refused.has(field) ? rule : undefined;
  const passwordFault = faults.password ?? (refused.has('password') ? 'guessed' : null);
  const passwordHint = passwordSentence(t, form.password, passwordFault);
  return (
    <form onSubmit={submit} noValidate>
      <Poster>{t('setup.adminTitle')}</Poster>
      <p className="mt-4 max-w-[34rem] text-lead text-soft">
        {t('setup.adminLead', { name: organisationName })}
      </p>
      <div className="mt-8 flex max-w-[26rem] flex-col gap-5">
        <Field label={t('setup.username')} error={told(faults.username, 'username', t('setup.usernameRule'))}>
          {(control) => (
            <TextInput
              {...control}
              {...input('username')}
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
            />
          )}
        </Field>
        <Field label={t('setup.email')} error={told(faults.email, 'email', t('setup.emailRule'))}>
          {(control) => <TextInput {...control} {...input('email')} type="email" autoComplete="email" />}
        </Field>
        <Field
          label={t('setup.password')}
          hint={passwordHint}
          error={told(passwordFault !== null, 'password', passwordHint)}
        >
          {(control) => <PasswordInput {...control} {...input('password')} autoComplete="new-password" />}
        </Field>
        {open.isError && refused.size === 0 && <ProblemNote problem={open.error} />}
      </div>
      <div className="mt-9 flex items-center gap-6">
        <Button type="submit" look="primary" disabled={open.isPending}>
          {open.isPending ? t('setup.creating') : t('setup.create')}
        </Button>
        <Button look="quiet" onClick={onBack}>
          {t('setup.back')}
        </Button>
      </div>
    </form>
  );
}

/** What to say under the password while it is being chosen. */
function passwordSentence(t: Translate, password: string, fault: PasswordFault | null): string {
  if (password === '') return t('setup.passwordRule');
  if (fault === 'short') return t('setup.passwordLeft', { count: passwordMinLength - [...password].length });
  if (fault === 'own') return t('setup.passwordOwn');
  return fault === 'guessed' ? t('setup.passwordGuessed') : t('setup.passwordEnough');
}
