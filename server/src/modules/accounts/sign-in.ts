import { type Accounts, now } from './accounts.ts';
import { insertAuditEntry } from './audit-repo.ts';
import { wrongCredentials } from './errors.ts';
import { guess } from './guess.ts';
import { nameKey } from './names.ts';
import { isOutdatedHash } from './passwords.ts';
import {
  findPersonByNameAcrossOrganisations,
  lockPerson,
  updateLastLogin,
  updatePasswordHash,
} from './people-repo.ts';
import type { Origin, Person } from './person.ts';
import { type OpenedSession, openSession, type SessionTokens, tokensOf } from './session.ts';

/** A person and the tokens of the session just opened. */
export interface SignedIn {
  person: Person;
  tokens: SessionTokens;
}

/** Signs in by username or e-mail; every way of failing says the same and takes as long. */
export async function signIn(
  accounts: Accounts,
  { name, password }: { name: string; password: string },
  origin: Origin,
): Promise<SignedIn> {
  const guessed = {
    subject: accounts.subjects.name(nameKey(name)),
    also: accounts.subjects.address(origin.ip),
  };
  const opened = await guess(accounts, guessed, async () => {
    const person = await findPersonByNameAcrossOrganisations(accounts.db.kysely, name);
    const matches = await accounts.passwords.verify(person?.passwordHash ?? null, password);
    const session = matches && person ? await openFor(accounts, person, password, origin) : null;
    if (session === null) await noteFailure(accounts, person, origin);
    return session && person ? { person, session } : null;
  });
  if (opened === null) throw wrongCredentials();
  return { person: opened.person, tokens: await tokensOf(accounts, opened.person, opened.session) };
}

/** Null when the person was disabled, or the password changed while it was being checked. */
async function openFor(
  accounts: Accounts,
  person: Person,
  password: string,
  origin: Origin,
): Promise<OpenedSession | null> {
  const { id, organisationId } = person;
  const upgraded = isOutdatedHash(person.passwordHash) ? await accounts.passwords.hash(password) : null;
  return accounts.db.transaction(async (tx) => {
    const current = await lockPerson(tx, organisationId, id);
    if (!current || current.disabledAt) return null;
    if (current.passwordChangedAt.getTime() !== person.passwordChangedAt.getTime()) return null;
    if (upgraded !== null) {
      await updatePasswordHash(tx, organisationId, id, { passwordHash: upgraded, changedAt: null });
    }
    const at = now(accounts);
    await updateLastLogin(tx, organisationId, id, at);
    await insertAuditEntry(tx, organisationId, { at, action: 'accounts.signed-in', personId: id, origin });
    return openSession(accounts, tx, current, origin);
  });
}

/** Written for unknown names too, without the name: it may be a password, and both must take as long. */
async function noteFailure(accounts: Accounts, person: Person | null, origin: Origin): Promise<void> {
  await insertAuditEntry(accounts.db.kysely, person?.organisationId ?? null, {
    at: now(accounts),
    action: 'accounts.sign-in-failed',
    personId: person?.id ?? null,
    origin,
  });
}
