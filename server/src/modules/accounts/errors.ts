import { defineProblem, type Problem, unauthenticated } from '../../kernel/http/problem.ts';

/** One sentence for every reason, so that it doesn't tell which names exist. */
export const wrongCredentials = (): Problem => unauthenticated('Wrong name or password.');

const locked = defineProblem('locked', 'accounts.locked-out', 'Too many failed attempts');

/** `untilMs` and `nowMs` in milliseconds since the epoch. */
export function lockedOut(untilMs: number, nowMs: number): Problem {
  const seconds = Math.max(1, Math.ceil((untilMs - nowMs) / 1000));
  return locked(`Too many failed attempts. Try again in ${seconds} seconds.`, {
    headers: { 'retry-after': String(seconds) },
  });
}

const busy = defineProblem('unavailable', 'accounts.sign-in-busy', 'Too many sign-ins at once');

/** 503: more password checks wait than should. */
export const signInBusy = (): Problem =>
  busy('Too many people are signing in at once. Try again in a few seconds.', {
    headers: { 'retry-after': '3' },
  });

/** One sentence for unknown, late, used and ended alike. */
export const refreshRefused = (): Problem =>
  unauthenticated('The refresh token is not valid, or was used before. Sign in again.');

export const personNotFound = defineProblem('not-found', 'accounts.person-not-found', 'No such person');
export const nameTaken = defineProblem('conflict', 'accounts.name-taken', 'Name already taken');
export const lastAdministrator = defineProblem(
  'conflict',
  'accounts.last-administrator',
  'The last administrator stays',
);
export const notOneself = defineProblem('conflict', 'accounts.not-oneself', 'Not on oneself');
export const beyondOneself = defineProblem(
  'forbidden',
  'accounts.beyond-oneself',
  'Nobody grants what they do not hold',
);
export const organisationNotFound = defineProblem(
  'not-found',
  'accounts.organisation-not-found',
  'No such organisation',
);
export const slugTaken = defineProblem('conflict', 'accounts.slug-taken', 'Short name already taken');
export const alreadySetUp = defineProblem('conflict', 'accounts.already-set-up', 'Already set up');
export const setupLinkRefused = defineProblem(
  'forbidden',
  'accounts.setup-link-refused',
  'Set-up link not valid',
);
