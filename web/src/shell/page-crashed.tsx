import type { ErrorComponentProps } from '@tanstack/react-router';
import { useText } from '../i18n/language.ts';
import { Button } from '../ui/controls.tsx';
import { PageHeading } from '../ui/page.tsx';

/** A page that threw; the player and the rest of the shell are untouched. */
export function PageCrashed({ error }: ErrorComponentProps) {
  const { t } = useText();
  return (
    <div role="alert" className="flex max-w-[36rem] flex-col items-start gap-4 py-24">
      <PageHeading>{t('problem.crashed')}</PageHeading>
      <p className="text-lead text-soft">{t('problem.crashedHelp')}</p>
      <p className="text-note text-faint">{String(error)}</p>
      <Button look="primary" onClick={() => location.reload()}>
        {t('problem.reload')}
      </Button>
    </div>
  );
}
