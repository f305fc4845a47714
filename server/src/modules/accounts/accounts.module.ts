import { HINTS_RESUMED } from '../../kernel/events/notify-hints.ts';
import type { SocketHub } from '../../kernel/http/socket-hub.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Module } from '../../kernel/module.ts';
import { createAccessTokens } from './access-token.ts';
import type { Accounts } from './accounts.ts';
import { insertAuditEntry } from './audit-repo.ts';
import { createAuthenticator } from './authenticator.ts';
import { createBounded, createTurns } from './bounded.ts';
import { signInBusy } from './errors.ts';
import { ensureFirstAdministrator } from './first-administrator.ts';
import { startHousekeeping } from './housekeeping.ts';
import { deriveKeys } from './keys.ts';
import { createSubjects } from './lock-out.ts';
import { concerns, ORGANISATIONS_CHANGED, readSessionRevoked, SESSION_REVOKED } from './news.ts';
import { createOrganisationDirectory } from './organisation-directory.ts';
import { listOrganisationsAcrossOrganisations } from './organisation-repo.ts';
import { createPasswords } from './passwords.ts';
import type { AccountsDoor } from './public.ts';
import { routes } from './routes.ts';
import { readSessionActor } from './session-repo.ts';
import { createSetupLink } from './set-up.ts';

/** Each hash holds 19 MiB and one of libuv's four threads, which files are read with too. */
const HASHES_AT_ONCE = 2;
const HASHES_WAITING = 32;
const GUESSES_WAITING = 16;
/** Processes of one start each make a set-up link: those of this span are all good. */
const SAME_START_MS = 60_000;

/** Organisations, people and sessions. */
export function accountsModule(kernel: Kernel): Module & { door: AccountsDoor } {
  const accounts = assemble(kernel);
  const { directory, authenticator } = accounts;
  const ends = listen(accounts, kernel.sockets);
  return {
    name: 'accounts',
    routes: (app) => routes(app, accounts),
    start: async (role) => {
      if (role !== 'api') return;
      await ensureFirstAdministrator(accounts);
      ends.push(startHousekeeping(accounts));
    },
    stop: async () => {
      for (const end of ends) end();
    },
    door: {
      authenticator,
      organisationOf: directory.byId,
      organisationByHost: directory.byHost,
      organisationBySlug: async (slug) =>
        (await listOrganisationsAcrossOrganisations(kernel.db.kysely)).find((each) => each.slug === slug) ??
        null,
      audit: insertAuditEntry,
      setupLink: () => createSetupLink(accounts, kernel.config.apiWorkers > 1 ? SAME_START_MS : 0),
      createSetupLink: () => createSetupLink(accounts),
    },
  };
}

function assemble(kernel: Kernel): Accounts {
  const { config, db, clock, hints, metrics } = kernel;
  const log = kernel.log.child({ name: 'accounts' });
  const keys = deriveKeys(config.secretKey);
  const accessTokens = createAccessTokens(config, clock);
  const directory = createOrganisationDirectory({
    clock,
    log,
    readAll: () => listOrganisationsAcrossOrganisations(db.kysely),
  });
  return {
    config,
    db,
    clock,
    hints,
    log,
    metrics,
    keys,
    accessTokens,
    directory,
    subjects: createSubjects(keys.lockOut),
    passwords: createPasswords(
      createBounded({ running: HASHES_AT_ONCE, waiting: HASHES_WAITING, refuse: signInBusy }),
    ),
    turns: createTurns({ waiting: GUESSES_WAITING, refuse: signInBusy }),
    authenticator: createAuthenticator({
      clock,
      accessTokens,
      directory,
      readSession: (claims) => readSessionActor(db, claims.organisationId, claims, new Date(clock.now())),
    }),
  };
}

/** News from other processes; after a gap in the news, everything is looked up again. */
function listen({ hints, authenticator, directory }: Accounts, sockets: SocketHub): (() => void)[] {
  const lookAgain = () => {
    authenticator.forget();
    directory.forget();
    sockets.recheck();
  };
  return [
    hints.on(SESSION_REVOKED, (data) => {
      const news = readSessionRevoked(data);
      if (news === null) return lookAgain();
      authenticator.forget(news.personId);
      sockets.closeWhere((actor) => concerns(news, actor));
    }),
    hints.on(ORGANISATIONS_CHANGED, () => directory.forget()),
    hints.on(HINTS_RESUMED, lookAgain),
  ];
}
