import type { SignedInActor } from '../../kernel/auth/actor.ts';
import { type Accounts, now } from './accounts.ts';
import { insertAuditEntry } from './audit-repo.ts';
import { type Credentials, checkCredentials } from './check-person.ts';
import { nameTaken, organisationNotFound } from './errors.ts';
import { insertPerson } from './people-repo.ts';
import type { Role } from './permissions.ts';
import type { Origin, Person } from './person.ts';
import { refuseGranting } from './policy.ts';

/** A person as asked for, before anything is checked. */
export interface PersonToCreate extends Credentials {
  fullName: string | null;
  role: Role;
  /** Another organisation than the actor's, for those who manage organisations. */
  organisationId?: string;
}

/** Creates a person in the actor's organisation, or, by an administrator of the installation, in any. */
export async function createPerson(
  accounts: Accounts,
  actor: SignedInActor,
  wanted: PersonToCreate,
  origin: Origin,
): Promise<Person> {
  const organisationId = await organisationFor(accounts, actor, wanted.organisationId);
  refuseGranting(actor, wanted.role);
  const { username, email, password } = checkCredentials(wanted);
  const passwordHash = await accounts.passwords.hash(password);
  return accounts.db.transaction(async (tx) => {
    const { fullName, role } = wanted;
    const createdAt = now(accounts);
    const person = await insertPerson(tx, organisationId, {
      username,
      email,
      fullName,
      role,
      isPlatformAdmin: false,
      passwordHash,
      createdAt,
    });
    if (!person) throw nameTaken('This username or e-mail is already taken. Choose another.');
    await insertAuditEntry(tx, organisationId, {
      at: createdAt,
      action: 'accounts.person-created',
      personId: actor.personId,
      origin,
      target: { kind: 'person', id: person.id },
      details: { username, role },
    });
    return person;
  });
}

async function organisationFor(
  accounts: Accounts,
  actor: SignedInActor,
  wanted: string | undefined,
): Promise<string> {
  if (wanted === undefined || wanted === actor.organisationId) return actor.organisationId;
  const organisation = actor.isPlatformAdmin ? await accounts.directory.byId(wanted) : null;
  if (!organisation) throw organisationNotFound('There is no such organisation.');
  return organisation.id;
}
