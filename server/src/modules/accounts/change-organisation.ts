import type { SignedInActor } from '../../kernel/auth/actor.ts';
import { isId } from '../../kernel/id.ts';
import { type Accounts, now } from './accounts.ts';
import { insertAuditEntry } from './audit-repo.ts';
import { organisationNotFound } from './errors.ts';
import { ORGANISATIONS_CHANGED } from './news.ts';
import type { Organisation } from './organisation.ts';
import { updateOrganisationAcrossOrganisations } from './organisation-repo.ts';
import type { Origin } from './person.ts';

/** Changes what an administrator of the installation decides about an organisation; every process knows it soon. */
export async function changeOrganisation(
  accounts: Accounts,
  actor: SignedInActor,
  id: string,
  changes: { quota_bytes: number | null },
  origin: Origin,
): Promise<Organisation> {
  const missing = () => organisationNotFound('There is no organisation with this id.');
  if (!isId(id)) throw missing();
  const organisation = await accounts.db.transaction(async (tx) => {
    const changed = await updateOrganisationAcrossOrganisations(tx, id, { quotaBytes: changes.quota_bytes });
    if (!changed) throw missing();
    await insertAuditEntry(tx, id, {
      at: now(accounts),
      action: 'accounts.organisation-changed',
      personId: actor.personId,
      origin,
      target: { kind: 'organisation', id },
      details: { quota_bytes: changes.quota_bytes },
    });
    await accounts.hints.publish(tx, ORGANISATIONS_CHANGED, null);
    return changed;
  });
  accounts.directory.forget();
  return organisation;
}
