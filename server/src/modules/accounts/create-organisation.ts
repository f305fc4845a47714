import type { SignedInActor } from '../../kernel/auth/actor.ts';
import type { Tx } from '../../kernel/db/db.ts';
import { type Accounts, now } from './accounts.ts';
import { insertAuditEntry } from './audit-repo.ts';
import { slugTaken } from './errors.ts';
import { numberedSlug, slugOf } from './names.ts';
import { ORGANISATIONS_CHANGED } from './news.ts';
import type { Organisation } from './organisation.ts';
import { insertOrganisationAcrossOrganisations } from './organisation-repo.ts';
import type { Origin } from './person.ts';

const MOST_NUMBERED_SLUGS = 50;

/** Adds an organisation to the installation; its people are created afterwards. */
export async function createOrganisation(
  accounts: Accounts,
  actor: SignedInActor,
  wanted: { name: string; slug?: string },
  origin: Origin,
): Promise<Organisation> {
  const organisation = await accounts.db.transaction(async (tx) => {
    const { slug } = wanted;
    const created = await addOrganisation(accounts, tx, { name: wanted.name.trim(), slug, isDefault: false });
    await insertAuditEntry(tx, created.id, {
      at: created.createdAt,
      action: 'accounts.organisation-created',
      personId: actor.personId,
      origin,
      target: { kind: 'organisation', id: created.id },
      details: { name: created.name, slug: created.slug },
    });
    return created;
  });
  accounts.directory.forget();
  return organisation;
}

/** The row, with a slug made from the name when none is asked for; tells the other processes. */
export async function addOrganisation(
  accounts: Accounts,
  tx: Tx,
  wanted: { name: string; slug?: string; isDefault: boolean },
): Promise<Organisation> {
  const { name, isDefault } = wanted;
  for (const slug of slugsToTry(wanted)) {
    const created = await insertOrganisationAcrossOrganisations(tx, {
      name,
      slug,
      isDefault,
      createdAt: now(accounts),
    });
    if (!created) continue;
    await accounts.hints.publish(tx, ORGANISATIONS_CHANGED, null);
    return created;
  }
  throw slugTaken('This short name is already taken. Choose another.');
}

/** A slug that was asked for is taken or refused; one made from the name may be numbered. */
function slugsToTry({ name, slug }: { name: string; slug?: string }): string[] {
  if (slug !== undefined) return [slug];
  const made = slugOf(name);
  const numbers = Array.from({ length: MOST_NUMBERED_SLUGS - 1 }, (_, index) => index + 2);
  return [made, ...numbers.map((number) => numberedSlug(made, number))];
}
