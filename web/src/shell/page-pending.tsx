import { useText } from '../i18n/language.ts';

/** While a page's code is on its way. */
export function PagePending() {
  const { t } = useText();
  return (
    <p role="status" className="py-16 text-faint">
      {t('state.loading')}
    </p>
  );
}
