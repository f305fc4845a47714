import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useServices } from '../../app-services.ts';
import { useText } from '../../i18n/language.ts';
import { Button, Field, TextInput } from '../../ui/controls.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { accountFaults, passwordMinLength } from './account-rules.ts';
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
  const [form, setForm] = useState({ username: '', email: '', password: '' });
  const [hasTried, setTried] = useState(false);
  const faults = accountFaults(form);
  const missing = passwordMinLength - [...form.password].length;
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
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!faults.username && !faults.email && !faults.password) open.mutate();
  };
  const input = (name: keyof typeof form) => ({
    name,
    value: form[name],
    onChange: (event: { target: { value: string } }) => setForm({ ...form, [name]: event.target.value }),
  });
  const passwordHint =
    form.password === ''
      ? t('setup.passwordRule')
      : missing > 0
        ? t('setup.passwordLeft', { count: missing })
        : t('setup.passwordEnough');
  return (
    <form onSubmit={submit} noValidate>
      <Poster>{t('setup.adminTitle')}</Poster>
      <p className="mt-4 max-w-[34rem] text-lead text-soft">
        {t('setup.adminLead', { name: organisationName })}
      </p>
      <div className="mt-8 flex max-w-[26rem] flex-col gap-5">
        <Field
          label={t('setup.username')}
          error={hasTried && faults.username ? t('setup.usernameRule') : undefined}
        >
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
        <Field label={t('setup.email')} error={hasTried && faults.email ? t('setup.emailRule') : undefined}>
          {(control) => <TextInput {...control} {...input('email')} type="email" autoComplete="email" />}
        </Field>
        <Field
          label={t('setup.password')}
          hint={passwordHint}
          error={hasTried && faults.password ? passwordHint : undefined}
        >
          {(control) => <PasswordInput {...control} {...input('password')} autoComplete="new-password" />}
        </Field>
        {open.isError && <ProblemNote problem={open.error} />}
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
