import { type Selectable, sql } from 'kysely';
import type { Executor } from '../../kernel/db/db.ts';
import { newId } from '../../kernel/id.ts';
import { isEmailLike, nameKey } from './names.ts';
import type { Role } from './permissions.ts';
import type { Person } from './person.ts';
import type { AccountsTables, PeopleTable } from './tables.ts';

const tables = (q: Executor) => q.withTables<AccountsTables>();

function toPerson(row: Selectable<PeopleTable>): Person {
  return {
    id: row.id,
    organisationId: row.organisation_id,
    username: row.username,
    email: row.email,
    fullName: row.full_name,
    role: row.role,
    isPlatformAdmin: row.is_platform_admin,
    passwordHash: row.password_hash,
    passwordChangedAt: row.password_changed_at,
    disabledAt: row.disabled_at,
    lastLoginAt: row.last_login_at,
    createdAt: row.created_at,
  };
}

/** By username or e-mail, whoever's organisation it is: nobody has signed in yet. */
export async function findPersonByNameAcrossOrganisations(q: Executor, name: string): Promise<Person | null> {
  const key = nameKey(name);
  const column = isEmailLike(key) ? 'email_key' : 'username_key';
  const row = await tables(q).selectFrom('people').selectAll().where(column, '=', key).executeTakeFirst();
  return row ? toPerson(row) : null;
}

/** True once anybody can sign in. */
export async function anyPersonAcrossOrganisations(q: Executor): Promise<boolean> {
  const row = await tables(q).selectFrom('people').select('id').limit(1).executeTakeFirst();
  return row !== undefined;
}

/** Until the transaction ends nobody else makes or ends an administrator of the installation: the first, the last. */
export async function lockPlatformAcrossOrganisations(q: Executor): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('antenne accounts first set-up'))`.execute(q);
}

/** Null when the organisation has no such person. */
export async function findPerson(q: Executor, organisationId: string, id: string): Promise<Person | null> {
  const row = await ofOrganisation(q, organisationId).where('id', '=', id).executeTakeFirst();
  return row ? toPerson(row) : null;
}

/** As {@link findPerson}, and keeps others from changing the row until the transaction ends. */
export async function lockPerson(q: Executor, organisationId: string, id: string): Promise<Person | null> {
  const row = await ofOrganisation(q, organisationId)
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst();
  return row ? toPerson(row) : null;
}

function ofOrganisation(q: Executor, organisationId: string) {
  return tables(q).selectFrom('people').selectAll().where('organisation_id', '=', organisationId);
}

/** One page by username, and how many people there are. */
export async function pagePeople(
  q: Executor,
  organisationId: string,
  page: { limit: number; offset: number },
): Promise<{ people: Person[]; total: number }> {
  const rows = await ofOrganisation(q, organisationId)
    .orderBy('username_key')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  const { total } = await tables(q)
    .selectFrom('people')
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .where('organisation_id', '=', organisationId)
    .executeTakeFirstOrThrow();
  return { people: rows.map(toPerson), total };
}

/** What a new person is made of; the rest comes with their life. */
export type NewPerson = Pick<
  Person,
  'username' | 'email' | 'fullName' | 'role' | 'isPlatformAdmin' | 'passwordHash' | 'createdAt'
>;

/** Returns null when the username or the e-mail is taken, in this organisation or another. */
export async function insertPerson(
  q: Executor,
  organisationId: string,
  person: NewPerson,
): Promise<Person | null> {
  const row = await tables(q)
    .insertInto('people')
    .values({
      id: newId(),
      organisation_id: organisationId,
      username: person.username,
      username_key: nameKey(person.username),
      email: person.email,
      email_key: person.email === null ? null : nameKey(person.email),
      full_name: person.fullName,
      role: person.role,
      is_platform_admin: person.isPlatformAdmin,
      password_hash: person.passwordHash,
      password_changed_at: person.createdAt,
      created_at: person.createdAt,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  return row ? toPerson(row) : null;
}

/** Columns to change; absent members stay as they are. */
export interface PersonChanges {
  fullName?: string | null;
  role?: Role;
  disabledAt?: Date | null;
}

/** Changes what is given; the person must exist. */
export async function updatePerson(
  q: Executor,
  organisationId: string,
  id: string,
  changes: PersonChanges,
): Promise<Person> {
  const row = await tables(q)
    .updateTable('people')
    .set({ full_name: changes.fullName, role: changes.role, disabled_at: changes.disabledAt })
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  return toPerson(row);
}

/** `changedAt` null keeps the date: the same password, hashed anew. */
export async function updatePasswordHash(
  q: Executor,
  organisationId: string,
  id: string,
  change: { passwordHash: string; changedAt: Date | null },
): Promise<void> {
  await tables(q)
    .updateTable('people')
    .set({ password_hash: change.passwordHash, password_changed_at: change.changedAt ?? undefined })
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .execute();
}

/** Notes a sign-in. */
export async function updateLastLogin(
  q: Executor,
  organisationId: string,
  id: string,
  at: Date,
): Promise<void> {
  await tables(q)
    .updateTable('people')
    .set({ last_login_at: at })
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .execute();
}

/** Takes sessions and refresh tokens along. */
export async function deletePerson(q: Executor, organisationId: string, id: string): Promise<void> {
  await tables(q)
    .deleteFrom('people')
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .execute();
}

/** Administrators who can sign in, besides the one named. */
export async function countOtherAdministrators(
  q: Executor,
  organisationId: string,
  id: string,
): Promise<number> {
  const { count } = await tables(q)
    .selectFrom('people')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('organisation_id', '=', organisationId)
    .where('id', '!=', id)
    .where('role', '=', 'administrator')
    .where('disabled_at', 'is', null)
    .executeTakeFirstOrThrow();
  return count;
}

/** Administrators of the installation who can sign in, besides the one named. */
export async function countOtherPlatformAdministratorsAcrossOrganisations(
  q: Executor,
  id: string,
): Promise<number> {
  const { count } = await tables(q)
    .selectFrom('people')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('id', '!=', id)
    .where('is_platform_admin', '=', true)
    .where('disabled_at', 'is', null)
    .executeTakeFirstOrThrow();
  return count;
}
