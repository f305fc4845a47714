import type { Clock } from '../../../src/kernel/clock.ts';
import type { App } from '../../../src/kernel/http/app.ts';
import type { Kernel } from '../../../src/kernel/kernel.ts';
import { createBounded } from '../../../src/modules/accounts/bounded.ts';
import { ORGANISATIONS_CHANGED } from '../../../src/modules/accounts/news.ts';
import type { Organisation } from '../../../src/modules/accounts/organisation.ts';
import { insertOrganisationAcrossOrganisations } from '../../../src/modules/accounts/organisation-repo.ts';
import { createPasswords } from '../../../src/modules/accounts/passwords.ts';
import { insertPerson, type NewPerson } from '../../../src/modules/accounts/people-repo.ts';
import type { Person } from '../../../src/modules/accounts/person.ts';

/** What factories need of a test app. */
export interface Installation {
  app: App;
  kernel: Kernel;
}

/** A clock that stands still until it is moved: what is counted in seconds must not depend on the machine. */
export function stoppedClock(): Clock & { advance(ms: number): void } {
  let nowMs = Date.now();
  return {
    now: () => nowMs,
    advance: (ms) => {
      nowMs += ms;
    },
  };
}

/** The password of everybody whom a factory makes. */
export const TEST_PASSWORD = 'a long password for tests';

const passwords = createPasswords(
  createBounded({ running: 1, waiting: 1_000, refuse: () => new Error('too many factories at once') }),
);
// Hashed once per test file: forty people would otherwise take two seconds.
let hashed: Promise<string> | undefined;

let serial = 0;
const next = () => {
  serial += 1;
  return serial;
};

/** An organisation beside those that are there; the default one only when said so. */
export async function createOrganisation(
  { kernel }: Installation,
  given: {
    name?: string;
    slug?: string;
    hostnames?: string[];
    publicArchive?: boolean;
    isDefault?: boolean;
  } = {},
): Promise<Organisation> {
  const number = next();
  const organisation = await insertOrganisationAcrossOrganisations(kernel.db.kysely, {
    name: given.name ?? `Radio ${number}`,
    slug: given.slug ?? `radio-${number}`,
    isDefault: given.isDefault ?? false,
    createdAt: new Date(kernel.clock.now()),
  });
  if (!organisation) throw new Error(`the slug ${given.slug ?? number} is taken`);
  const { hostnames = [], publicArchive = true } = given;
  await kernel.db.pool.query('update organisations set hostnames = $2, public_archive = $3 where id = $1', [
    organisation.id,
    hostnames,
    publicArchive,
  ]);
  await kernel.hints.publish(kernel.db.kysely, ORGANISATIONS_CHANGED, null);
  return { ...organisation, hostnames, publicArchive };
}

/** Somebody of an organisation, member unless said otherwise, whose password is {@link TEST_PASSWORD}. */
export async function createPerson(
  { kernel }: Installation,
  organisationId: string,
  given: Partial<NewPerson> = {},
): Promise<Person> {
  hashed ??= passwords.hash(TEST_PASSWORD);
  const number = next();
  const person = await insertPerson(kernel.db.kysely, organisationId, {
    username: `person-${number}`,
    email: `person-${number}@antenne.test`,
    fullName: null,
    role: 'member',
    isPlatformAdmin: false,
    passwordHash: await hashed,
    createdAt: new Date(kernel.clock.now()),
    ...given,
  });
  if (!person) throw new Error(`${given.username ?? number} is taken`);
  return person;
}

/** Tokens of a real sign-in. */
export interface TestSession {
  accessToken: string;
  refreshToken: string;
  /** For `inject({ headers })`. */
  headers: { authorization: string };
}

/** Signs in by the route, as a client does. */
export async function signInAs(
  { app }: Installation,
  person: Pick<Person, 'username'>,
  password = TEST_PASSWORD,
): Promise<TestSession> {
  const reply = await app.inject({
    method: 'POST',
    url: '/api/auth/login',
    payload: { email: person.username, password },
    // One address each, so that the sign-ins of a test file don't use up one budget.
    remoteAddress: `127.1.${(serial >> 8) & 255}.${next() & 255}`,
  });
  if (reply.statusCode !== 200) throw new Error(`sign-in as ${person.username}: ${reply.body}`);
  const { access_token: accessToken, refresh_token: refreshToken } = reply.json();
  return { accessToken, refreshToken, headers: { authorization: `Bearer ${accessToken}` } };
}

/** An organisation with somebody of the given role, signed in. */
export async function createSignedIn(
  installation: Installation,
  given: Partial<NewPerson> & { organisation?: Organisation } = {},
): Promise<{ organisation: Organisation; person: Person; session: TestSession }> {
  const { organisation: there, ...person } = given;
  const organisation = there ?? (await createOrganisation(installation));
  const made = await createPerson(installation, organisation.id, { role: 'administrator', ...person });
  return { organisation, person: made, session: await signInAs(installation, made) };
}
