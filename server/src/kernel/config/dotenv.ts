import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { nearestWord } from '../nearest-word.ts';
import { codeOf, reasonOf } from '../reason-of.ts';
import { type Environment, knownNames } from './read-values.ts';

/** The variables of a `.env` file; a missing file has none. */
export interface Dotenv {
  variables: Environment;
  faults: string[];
  /** One sentence for each name that is nearly, but not quite, one of ours. */
  notices: string[];
}

/** Reads a `.env` file; one that is there and can't be read is a fault. */
export const readDotenv = (path: string): Dotenv => {
  try {
    const variables = parseEnv(readFileSync(path, 'utf8'));
    return { variables, faults: [], notices: misspelt(Object.keys(variables)) };
  } catch (error) {
    const faults = codeOf(error) === 'ENOENT' ? [] : [`${path} can't be read: ${reasonOf(error)}.`];
    return { variables: {}, faults, notices: [] };
  }
};

const misspelt = (names: string[]): string[] =>
  names
    .filter((name) => !knownNames.includes(name))
    .flatMap((name) => {
      const near = nearestWord(name, knownNames);
      return near === undefined ? [] : [`.env sets ${name}, which is unknown: is ${near} meant?`];
    });
