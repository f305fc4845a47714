import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { type FormEvent, useEffect, useState } from 'react';
import { useServices } from '../../app-services.ts';
import { useText } from '../../i18n/language.ts';
import { Button, Field, TextInput } from '../../ui/controls.tsx';
import { PageHeading, usePageTitle } from '../../ui/page.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { PasswordInput } from './password-input.tsx';
import { safeReturn } from './safe-return.ts';

const route = getRouteApi('/sign-in');

export default function SignInPage() {
  const { t } = useText();
  const { session, live } = useServices();
  const queries = useQueryClient();
  const router = useRouter();
  const { return: back } = route.useSearch();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  usePageTitle(t('signIn.title'));

  const signIn = useMutation({
    mutationFn: () => session.signIn(email.trim(), password),
    onSuccess: async () => {
      live.reconnect();
      queries.clear();
      await router.invalidate();
      router.history.push(safeReturn(back));
    },
  });
  useEffect(() => {
    if (session.getState().me !== null) router.history.replace(safeReturn(back));
  }, [session, router, back]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (email.trim() !== '' && password !== '') signIn.mutate();
  };
  return (
    <div className="mx-auto max-w-[25rem] pt-14 md:pt-24">
      <PageHeading>{t('signIn.title')}</PageHeading>
      <p className="mt-2 mb-8 text-soft">{back === undefined ? t('signIn.lead') : t('signIn.needed')}</p>
      <form onSubmit={submit} className="flex flex-col gap-5">
        <Field label={t('signIn.who')}>
          {(control) => (
            <TextInput
              {...control}
              name="username"
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              required
              value={email}
              onChange={(event) => setEmail(event.target.value)}
            />
          )}
        </Field>
        <Field label={t('signIn.password')}>
          {(control) => (
            <PasswordInput
              {...control}
              autoComplete="current-password"
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
        {signIn.isError && (
          <ProblemNote problem={signIn.error} sentences={{ 401: t('problem.wrongCredentials') }} />
        )}
        <Button type="submit" look="primary" disabled={signIn.isPending} className="mt-1">
          {signIn.isPending ? t('signIn.busy') : t('signIn.submit')}
        </Button>
      </form>
    </div>
  );
}
