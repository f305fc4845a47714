import type { Clock } from '../../kernel/clock.ts';
import type { Config } from '../../kernel/config/config.ts';
import type { Db } from '../../kernel/db/db.ts';
import type { Hints } from '../../kernel/events/hints.ts';
import type { Logger } from '../../kernel/log/log.ts';
import type { Metrics } from '../../kernel/metrics/metrics.ts';
import type { AccessTokens } from './access-token.ts';
import type { SessionAuthenticator } from './authenticator.ts';
import type { Turns } from './bounded.ts';
import type { AccountKeys } from './keys.ts';
import type { Subjects } from './lock-out.ts';
import type { OrganisationDirectory } from './organisation-directory.ts';
import type { Passwords } from './passwords.ts';

/** What the use-cases of this module work with; made once, by `accounts.module.ts`. */
export interface Accounts {
  config: Config;
  db: Db;
  clock: Clock;
  hints: Hints;
  log: Logger;
  metrics: Pick<Metrics, 'securityEvents'>;
  keys: AccountKeys;
  passwords: Passwords;
  accessTokens: AccessTokens;
  subjects: Subjects;
  /** Guesses of one password wait for each other, so that many at once can't outrun the lock-out. */
  turns: Turns;
  directory: OrganisationDirectory;
  authenticator: SessionAuthenticator;
}

/** The instant to write into rows. */
export function now(accounts: Pick<Accounts, 'clock'>): Date {
  return new Date(accounts.clock.now());
}
