import type { SignedInActor } from '../../kernel/auth/actor.ts';
import { unauthenticated, validationFailed } from '../../kernel/http/problem.ts';
import { type Accounts, now } from './accounts.ts';
import { insertAuditEntry } from './audit-repo.ts';
import { lockTarget } from './change-person.ts';
import { checkPassword } from './check-person.ts';
import { personNotFound } from './errors.ts';
import { guess } from './guess.ts';
import { findPerson, lockPerson, updatePasswordHash } from './people-repo.ts';
import type { Origin, Person } from './person.ts';
import { refuseManaging, refuseOnOneself } from './policy.ts';
import { transactionThatRevokes } from './revoke.ts';

/** One's own password, by the current one. Ends one's other sessions. */
export async function changePassword(
  accounts: Accounts,
  actor: SignedInActor,
  { current, next }: { current: string; next: string },
  origin: Origin,
): Promise<void> {
  const person = await findPerson(accounts.db.kysely, actor.organisationId, actor.personId);
  if (!person) throw unauthenticated('This account is gone.');
  // Asked for again, and guarded like a sign-in: a stolen access token must not be enough to guess or keep it.
  const right = await guess(accounts, { subject: accounts.subjects.person(person.id) }, async () =>
    (await accounts.passwords.verify(person.passwordHash, current)) ? true : null,
  );
  if (right === null) throw wrongCurrentPassword();
  checkPassword(next, person, 'new_password');
  const passwordHash = await accounts.passwords.hash(next);
  await transactionThatRevokes(accounts, async (tx, revoke) => {
    const { id, organisationId } = person;
    const locked = await lockPerson(tx, organisationId, id);
    // Set by someone else since it was checked: the one just checked is no longer the current one.
    if (locked?.passwordChangedAt.getTime() !== person.passwordChangedAt.getTime())
      throw wrongCurrentPassword();
    const at = now(accounts);
    await updatePasswordHash(tx, organisationId, id, { passwordHash, changedAt: at });
    await revoke(organisationId, { personId: id, except: actor.sessionId }, 'password-changed');
    await insertAuditEntry(tx, organisationId, {
      at,
      action: 'accounts.password-changed',
      personId: id,
      origin,
    });
  });
}

function wrongCurrentPassword() {
  const message = 'The current password is wrong.';
  return validationFailed(message, { errors: [{ field: 'current_password', message }] });
}

/** Someone else's password, by who manages people. Ends all their sessions. */
export async function setPassword(
  accounts: Accounts,
  actor: SignedInActor,
  personId: string,
  password: string,
  origin: Origin,
): Promise<void> {
  const { organisationId } = actor;
  refuseOnOneself(actor, personId, 'Change your own password with /api/auth/change-password.');
  const person = await targetOf(accounts, actor, personId);
  checkPassword(password, person, 'password');
  const passwordHash = await accounts.passwords.hash(password);
  await transactionThatRevokes(accounts, async (tx, revoke) => {
    await lockTarget(tx, actor, personId);
    const at = now(accounts);
    await updatePasswordHash(tx, organisationId, personId, { passwordHash, changedAt: at });
    await revoke(organisationId, { personId }, 'password-set');
    await insertAuditEntry(tx, organisationId, {
      at,
      action: 'accounts.password-set',
      personId: actor.personId,
      origin,
      target: { kind: 'person', id: personId },
    });
  });
}

/** Refused before any hashing; checked again under lock. */
async function targetOf(accounts: Accounts, actor: SignedInActor, personId: string): Promise<Person> {
  const person = await findPerson(accounts.db.kysely, actor.organisationId, personId);
  if (!person) throw personNotFound('There is no such person in your organisation.');
  refuseManaging(actor, person);
  return person;
}
