import type { SignedInActor } from '../../kernel/auth/actor.ts';
import type { Tx } from '../../kernel/db/db.ts';
import { type Accounts, now } from './accounts.ts';
import { insertAuditEntry } from './audit-repo.ts';
import { lastAdministrator, personNotFound } from './errors.ts';
import { lockOrganisation } from './organisation-repo.ts';
import {
  countOtherAdministrators,
  countOtherPlatformAdministratorsAcrossOrganisations,
  lockPerson,
  lockPlatformAcrossOrganisations,
  type PersonChanges,
  updatePerson,
} from './people-repo.ts';
import type { Role } from './permissions.ts';
import type { Origin, Person } from './person.ts';
import { refuseGranting, refuseManaging, refuseOnOneself } from './policy.ts';
import { transactionThatRevokes } from './revoke.ts';

/** What someone may change of a person; absent members stay as they are. */
export interface PersonUpdate {
  fullName?: string | null;
  role?: Role;
  disabled?: boolean;
}

/** Renames, gives another role, disables or enables. A change of rights ends the person's sessions. */
export async function changePerson(
  accounts: Accounts,
  actor: SignedInActor,
  personId: string,
  update: PersonUpdate,
  origin: Origin,
): Promise<Person> {
  const { organisationId } = actor;
  return transactionThatRevokes(accounts, async (tx, revoke) => {
    const target = await lockTarget(tx, actor, personId);
    const changes = changesOf(target, update, now(accounts));
    if (Object.keys(changes).length === 0) return target;
    const changesRights = changes.role !== undefined || changes.disabledAt !== undefined;
    if (changesRights) await allowChangeOfRights(tx, actor, target, changes);
    const person = await updatePerson(tx, organisationId, personId, changes);
    if (changesRights) await revoke(organisationId, { personId }, 'rights-changed');
    await insertAuditEntry(tx, organisationId, {
      at: now(accounts),
      action: 'accounts.person-changed',
      personId: actor.personId,
      origin,
      target: { kind: 'person', id: personId },
      details: { role_before: target.role, role: person.role, disabled: person.disabledAt !== null },
    });
    return person;
  });
}

/**
 * The person to be changed, held until the transaction ends, with the organisation: administrators who change
 * each other at the same instant follow each other. 404 in another organisation, 403 above oneself.
 */
export async function lockTarget(tx: Tx, actor: SignedInActor, personId: string): Promise<Person> {
  await lockOrganisation(tx, actor.organisationId);
  const target = await lockPerson(tx, actor.organisationId, personId);
  if (!target) throw personNotFound('There is no such person in your organisation.');
  refuseManaging(actor, target);
  return target;
}

/** What really changes. */
function changesOf(target: Person, update: PersonUpdate, at: Date): PersonChanges {
  const changes: PersonChanges = {};
  if (update.fullName !== undefined && update.fullName !== target.fullName)
    changes.fullName = update.fullName;
  if (update.role !== undefined && update.role !== target.role) changes.role = update.role;
  if (update.disabled !== undefined && update.disabled !== (target.disabledAt !== null)) {
    changes.disabledAt = update.disabled ? at : null;
  }
  return changes;
}

async function allowChangeOfRights(
  tx: Tx,
  actor: SignedInActor,
  target: Person,
  changes: PersonChanges,
): Promise<void> {
  if (changes.role !== undefined) refuseGranting(actor, changes.role);
  refuseOnOneself(
    actor,
    target.id,
    'You cannot change your own role or disable yourself; ask another administrator.',
  );
  const stays = changes.disabledAt == null && (changes.role ?? target.role) === 'administrator';
  if (!stays) await refuseLosingLastAdministrator(tx, target);
}

/** An organisation keeps an administrator who can sign in, and the installation too. */
export async function refuseLosingLastAdministrator(tx: Tx, target: Person): Promise<void> {
  if (target.disabledAt) return;
  const { id, organisationId, username } = target;
  if (target.role === 'administrator' && (await countOtherAdministrators(tx, organisationId, id)) === 0) {
    throw lastAdministrator(`${username} is the last administrator. Make someone else administrator first.`);
  }
  if (!target.isPlatformAdmin) return;
  // Those of the installation sit in several organisations: the organisation's row does not hold them all.
  await lockPlatformAcrossOrganisations(tx);
  if ((await countOtherPlatformAdministratorsAcrossOrganisations(tx, id)) === 0) {
    throw lastAdministrator(`${username} is the last administrator of the installation, which needs one.`);
  }
}
