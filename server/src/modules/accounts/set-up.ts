import { type Accounts, now } from './accounts.ts';
import { checkCredentials } from './check-person.ts';
import { alreadySetUp, setupLinkRefused } from './errors.ts';
import { addFirstAdministrator } from './first-administrator.ts';
import { hashToken, newToken } from './one-time-token.ts';
import { anyPersonAcrossOrganisations } from './people-repo.ts';
import type { Origin } from './person.ts';
import { openSession, tokensOf } from './session.ts';
import {
  deleteSetupLinksAcrossOrganisations,
  insertSetupLinkAcrossOrganisations,
  isSetupLinkGoodAcrossOrganisations,
  useSetupLinkAcrossOrganisations,
} from './setup-link-repo.ts';
import type { SignedIn } from './sign-in.ts';

const LINK_LIFE_MS = 24 * 3_600_000;

/** True until somebody can sign in. */
export async function isSetupNeeded(accounts: Pick<Accounts, 'db'>): Promise<boolean> {
  return !(await anyPersonAcrossOrganisations(accounts.db.kysely));
}

/**
 * Path of a fresh one-time link, `/setup?token=…`, good for 24 h; null when the installation is set up. Links
 * made earlier become worthless, but those of the last `sparedMs`: processes of one start each make theirs.
 */
export async function createSetupLink(accounts: Accounts, sparedMs = 0): Promise<string | null> {
  if (!(await isSetupNeeded(accounts))) return null;
  const token = newToken();
  const createdAt = now(accounts);
  await accounts.db.transaction(async (tx) => {
    await deleteSetupLinksAcrossOrganisations(tx, new Date(createdAt.getTime() - sparedMs));
    await insertSetupLinkAcrossOrganisations(tx, {
      tokenHash: hashToken(token),
      createdAt,
      expiresAt: new Date(createdAt.getTime() + LINK_LIFE_MS),
    });
  });
  return `/setup?token=${token}`;
}

/** What the set-up form says, with the one-time token of its link. */
export interface SetUp {
  token: string;
  organisationName: string;
  username: string;
  email: string;
  password: string;
}

/** Makes the organisation and its administrator, and signs in. Of two at once exactly one succeeds. */
export async function setUp(accounts: Accounts, wanted: SetUp, origin: Origin): Promise<SignedIn> {
  const tokenHash = hashToken(wanted.token);
  await refuseEarly(accounts, tokenHash);
  const { username, email, password } = checkCredentials(wanted);
  const organisationName = wanted.organisationName.trim();
  const passwordHash = await accounts.passwords.hash(password);
  const first = { organisationName, username, email, passwordHash };
  const { person, session } = await accounts.db.transaction(async (tx) => {
    const added = await addFirstAdministrator(accounts, tx, first, origin);
    if (!added) throw setUpAlready();
    // Used up with what it made, or not at all.
    if (!(await useSetupLinkAcrossOrganisations(tx, tokenHash, now(accounts)))) throw linkNotGood();
    return { person: added, session: await openSession(accounts, tx, added, origin) };
  });
  accounts.directory.forget();
  return { person, tokens: await tokensOf(accounts, person, session) };
}

/** Before any hashing; checked again in the transaction. */
async function refuseEarly(accounts: Accounts, tokenHash: Buffer): Promise<void> {
  const isGood = await isSetupLinkGoodAcrossOrganisations(accounts.db.kysely, tokenHash, now(accounts));
  // Asked second: a link that somebody has just used is not the fault to tell.
  if (!(await isSetupNeeded(accounts))) throw setUpAlready();
  if (!isGood) throw linkNotGood();
}

const setUpAlready = () => alreadySetUp('This installation is set up already. Sign in instead.');

const linkNotGood = () =>
  setupLinkRefused(
    'This set-up link is not valid any more. Run `./antenne setup` on the server for a fresh one.',
  );
