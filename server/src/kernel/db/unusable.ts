import { PlainError } from '../plain-error.ts';
import { codeOf, reasonOf } from '../reason-of.ts';

/**
 * What the network or the database itself says of a database that can't be used (away, wrong password, no such
 * name), as a sentence for whoever set DATABASE_URL; anything else passes unchanged.
 */
export const unusable = (error: unknown): unknown =>
  codeOf(error) === undefined
    ? error
    : new PlainError(`The database can't be used: ${reasonOf(error)}.`, { cause: error });
