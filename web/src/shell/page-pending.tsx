import { useText } from '../i18n/language.ts';

/** While a page is on its way: its code, or the one thing that it shows. */
export function PagePending() {
  const { t } = useText();
  return (
    <div role="status" className="py-16 text-faint">
      <h1>{t('state.loading')}</h1>
    </div>
  );
}
