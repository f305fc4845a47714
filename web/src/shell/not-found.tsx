import { Link } from '@tanstack/react-router';
import { useText } from '../i18n/language.ts';
import { buttonLook } from '../ui/controls.tsx';
import { PageHeading, usePageTitle } from '../ui/page.tsx';

export function NotFound() {
  const { t } = useText();
  usePageTitle(t('notFound.title'));
  return (
    <div className="flex max-w-[36rem] flex-col items-start gap-4 py-24">
      <PageHeading>{t('notFound.title')}</PageHeading>
      <p className="text-lead text-soft">{t('notFound.text')}</p>
      <Link to="/archive" className={`${buttonLook('primary')} mt-2 no-underline`}>
        {t('notFound.archive')}
      </Link>
    </div>
  );
}
