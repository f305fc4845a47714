import type { SignedInActor } from '../../kernel/auth/actor.ts';
import { type Accounts, now } from './accounts.ts';
import { insertAuditEntry } from './audit-repo.ts';
import { lockTarget, refuseLosingLastAdministrator } from './change-person.ts';
import { deletePerson as deleteRow } from './people-repo.ts';
import type { Origin } from './person.ts';
import { refuseOnOneself } from './policy.ts';
import { transactionThatRevokes } from './revoke.ts';

/** Deletes a person of the actor's organisation with their sessions; what they made stays. */
export async function deletePerson(
  accounts: Accounts,
  actor: SignedInActor,
  personId: string,
  origin: Origin,
): Promise<void> {
  const { organisationId } = actor;
  await transactionThatRevokes(accounts, async (tx, revoke) => {
    const target = await lockTarget(tx, actor, personId);
    refuseOnOneself(actor, personId, 'You cannot delete yourself; ask another administrator.');
    await refuseLosingLastAdministrator(tx, target);
    await revoke(organisationId, { personId }, 'person-deleted');
    await deleteRow(tx, organisationId, personId);
    await insertAuditEntry(tx, organisationId, {
      at: now(accounts),
      action: 'accounts.person-deleted',
      personId: actor.personId,
      origin,
      target: { kind: 'person', id: personId },
      details: { username: target.username, role: target.role },
    });
  });
}
