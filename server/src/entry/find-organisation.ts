import { PlainError } from '../kernel/plain-error.ts';
import type { AccountsDoor, Organisation } from '../modules/accounts/public.ts';

/** The organisation that a verb is about: named by its slug, else the default one. Throws PlainError. */
export const findOrganisation = async (
  accounts: AccountsDoor,
  slug: string | undefined,
): Promise<Organisation> => {
  const fallback = await accounts.organisationByHost('');
  if (fallback === null) {
    throw new PlainError(
      'Nobody has set Antenne up yet: open the one-time link that ./antenne start prints, then run this again.',
    );
  }
  if (slug === undefined) return fallback;
  const named = await accounts.organisationBySlug(slug);
  if (named !== null) return named;
  throw new PlainError(`There is no organisation with the slug "${slug}".`);
};
