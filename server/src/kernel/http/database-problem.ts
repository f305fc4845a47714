import { codeOf } from '../reason-of.ts';
import { defineProblem, type Problem, validationFailed } from './problem.ts';

const databaseAway = defineProblem('unavailable', 'database-away', 'Not available');
const databaseSlow = defineProblem('unavailable', 'database-slow', 'Took too long');
const concurrentChange = defineProblem('conflict', 'concurrent-change', 'Changed by someone else');

const RETRY_SOON = { 'retry-after': '5' };

/** System errors and SQLSTATEs of a database that is away, going down, coming up or full. */
const AWAY = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EPIPE',
  '57P01',
  '57P02',
  '57P03',
  '08006',
  '08001',
  '53300',
]);
/** What only pg itself says has no code. */
const AWAY_IN_WORDS = /Connection terminated|timeout exceeded when trying to connect/;

/** Two people at the same thing: unique and foreign keys, serialisation, deadlock. */
const CONCURRENT = new Set(['23505', '23503', '40001', '40P01']);
/** Text that PostgreSQL cannot hold: broken UTF-8, NUL. */
const UNSTORABLE = new Set(['22021', '22P05']);
/** Cancelled, here always by statement_timeout. */
const CANCELLED = '57014';

/**
 * What a client is told of an error of the database, or null when it is no client's business. A use-case that
 * expects one of these answers in its own words; this is for the moments that nobody foresaw.
 */
export function databaseProblem(error: unknown): Problem | null {
  if (!(error instanceof Error)) return null;
  const code = codeOf(error) ?? '';
  const cause = { cause: error };
  if (AWAY.has(code) || AWAY_IN_WORDS.test(error.message)) {
    return databaseAway('The database cannot be reached; try again soon.', { headers: RETRY_SOON, ...cause });
  }
  if (code === CANCELLED) {
    return databaseSlow('This took too long and was given up; try again, or ask for less.', {
      headers: RETRY_SOON,
      ...cause,
    });
  }
  if (CONCURRENT.has(code)) {
    return concurrentChange('Someone else has just changed this; look at it again and retry.', cause);
  }
  return UNSTORABLE.has(code)
    ? validationFailed('A text holds a character that cannot be kept, such as NUL.', cause)
    : null;
}
