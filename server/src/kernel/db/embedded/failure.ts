import { PlainError } from '../../plain-error.ts';
import { reasonOf } from '../../reason-of.ts';

/** One sentence from what one of PostgreSQL's programs said before it ended; `said` never holds a password. */
export const plainFailure = (what: string, said: string, cause?: unknown): PlainError =>
  new PlainError(
    `${what}: ${causeIn(said) ?? (cause === undefined ? 'no reason was given' : reasonOf(cause))}.`,
    { cause },
  );

const known: ReadonlyArray<[RegExp, string]> = [
  [/no space left on device/i, 'the disk is full'],
  [/disk quota exceeded/i, 'the disk quota is used up'],
  [/read-only file system/i, 'the file system is read-only'],
  [/could not load library|error while loading shared libraries: (\S+)/i, 'a system library is missing'],
];

const causeIn = (said: string): string | undefined => {
  for (const [pattern, words] of known) {
    const found = pattern.exec(said);
    if (found) return found[1] === undefined ? words : `${words} (${found[1].replace(/:$/, '')})`;
  }
  const lines = said.split('\n').filter((line) => /\b(error|FATAL|PANIC|ERROR): /.test(line));
  return lines
    .at(-1)
    ?.replace(/^.*?\b(error|FATAL|PANIC|ERROR):\s+/, '')
    .trim()
    .replace(/\.$/, '');
};
