import type { Tx } from '../../kernel/db/db.ts';
import { type Accounts, now } from './accounts.ts';
import { insertAuditEntry } from './audit-repo.ts';
import { addOrganisation } from './create-organisation.ts';
import { usernameFromEmail } from './names.ts';
import { ORGANISATIONS_CHANGED } from './news.ts';
import { renameDefaultOrganisationAcrossOrganisations } from './organisation-repo.ts';
import { faultOfPassword } from './password-policy.ts';
import {
  anyPersonAcrossOrganisations,
  insertPerson,
  lockPlatformAcrossOrganisations,
} from './people-repo.ts';
import type { Origin, Person } from './person.ts';

/** Who the installation begins with. */
export interface FirstAdministrator {
  organisationName: string;
  username: string;
  email: string | null;
  passwordHash: string;
}

/**
 * Makes the organisation and its administrator, who administers the installation too, unless somebody is there
 * already: null then. Two at once follow each other, so that one of them finds somebody.
 */
export async function addFirstAdministrator(
  accounts: Accounts,
  tx: Tx,
  first: FirstAdministrator,
  origin: Origin | null,
): Promise<Person | null> {
  await lockPlatformAcrossOrganisations(tx);
  if (await anyPersonAcrossOrganisations(tx)) return null;
  const organisation = await defaultOrganisation(accounts, tx, first.organisationName);
  const createdAt = now(accounts);
  const person = await insertPerson(tx, organisation.id, {
    username: first.username,
    email: first.email,
    fullName: null,
    role: 'administrator',
    isPlatformAdmin: true,
    passwordHash: first.passwordHash,
    createdAt,
  });
  if (!person) return null;
  await insertAuditEntry(tx, organisation.id, {
    at: createdAt,
    action: 'accounts.set-up',
    personId: person.id,
    origin,
    target: { kind: 'organisation', id: organisation.id },
  });
  return person;
}

async function defaultOrganisation(accounts: Accounts, tx: Tx, name: string) {
  const there = await renameDefaultOrganisationAcrossOrganisations(tx, name);
  if (!there) return addOrganisation(accounts, tx, { name, isDefault: true });
  await accounts.hints.publish(tx, ORGANISATIONS_CHANGED, null);
  return there;
}

/**
 * At the start of the api role: makes the administrator of INITIAL_ADMIN_EMAIL and INITIAL_ADMIN_PASSWORD when
 * nobody is there. Safe in several processes at once; does nothing ever after.
 */
export async function ensureFirstAdministrator(accounts: Accounts): Promise<void> {
  const { initialAdmin, appName } = accounts.config;
  if (initialAdmin === null || (await anyPersonAcrossOrganisations(accounts.db.kysely))) return;
  const { email, password } = initialAdmin;
  const username = usernameFromEmail(email);
  checkInitialPassword(accounts, password, { username, email });
  const passwordHash = await accounts.passwords.hash(password);
  const first = { organisationName: appName, username, email: email.normalize('NFKC'), passwordHash };
  const person = await accounts.db.transaction((tx) => addFirstAdministrator(accounts, tx, first, null));
  accounts.directory.forget();
  if (person) accounts.log.info({ username }, 'the administrator of INITIAL_ADMIN_EMAIL was made');
}

/** Tolerated on a developer's machine only. */
function checkInitialPassword(
  { config, log }: Accounts,
  password: string,
  owner: { username: string; email: string },
): void {
  const fault = faultOfPassword(password, owner);
  if (fault === null) return;
  if (config.environment !== 'development') throw new Error(`INITIAL_ADMIN_PASSWORD is refused. ${fault}`);
  log.warn(`INITIAL_ADMIN_PASSWORD would be refused outside development. ${fault}`);
}
