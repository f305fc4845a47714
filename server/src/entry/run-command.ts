import { nearestWord } from '../kernel/nearest-word.ts';
import { explanation } from './explanation.ts';
import { UsageError } from './verbs/usage-error.ts';
import { type Verb, verbs } from './verbs.ts';

const isHelp = (word: string | undefined) => word === '--help' || word === '-h' || word === 'help';

/** Runs `antenne <verb> …`; resolves with the exit code, or undefined where a role goes on running. */
export const runCommand = async ([word, ...args]: string[]): Promise<number | undefined> => {
  if (word === undefined || isHelp(word)) return help(args[0]);
  if (word === '--version' || word === '-v' || word === 'version') return sayVersion();
  const verb = verbs.find(({ name }) => name === word);
  if (verb === undefined) return unknown(word);
  if (isHelp(args[0])) return help(word);
  return guarded(verb, args);
};

const guarded = async (verb: Verb, args: string[]): Promise<number | undefined> => {
  try {
    return await verb.run(args);
  } catch (error) {
    return explain(verb, error);
  }
};

const explain = (verb: Verb, error: unknown): number => {
  if (error instanceof UsageError) {
    process.stderr.write(`antenne: ${error.message} See ./antenne ${verb.name} --help.\n`);
    return 2;
  }
  process.stderr.write(`${explanation(error)}\n`);
  return 1;
};

const unknown = (word: string): number => {
  const near = nearestWord(
    word,
    verbs.map(({ name }) => name),
  );
  const advice = near === undefined ? 'See ./antenne help.' : `Did you mean ./antenne ${near}?`;
  process.stderr.write(`antenne: there is no "${word}". ${advice}\n`);
  return 2;
};

const help = (word: string | undefined): number => {
  const verb = verbs.find(({ name }) => name === word);
  if (verb === undefined && word !== undefined && !isHelp(word)) return unknown(word);
  process.stdout.write(verb === undefined ? overview() : helpOf(verb));
  return 0;
};

const overview = (): string => {
  const width = Math.max(...verbs.map(({ name }) => name.length));
  const lines = verbs.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    'Antenne: live sound, its archive, and every word of it.',
    '',
    'Usage: ./antenne <verb>',
    '',
    ...lines,
    '',
    './antenne <verb> --help says more. Settings: .env.example.',
    '',
  ].join('\n');
};

const helpOf = ({ summary, usage, details }: Verb): string => {
  const calls = usage.map((call, index) => `${index === 0 ? 'Usage:' : '      '} ./antenne ${call}`);
  return [`${summary}.`, '', ...calls, ...(details === undefined ? [] : ['', details]), ''].join('\n');
};

const sayVersion = async (): Promise<number> => {
  const { packageVersion } = await import('../kernel/config/package-version.ts');
  const { projectRoot } = await import('../kernel/config/process-environment.ts');
  process.stdout.write(`antenne ${packageVersion(projectRoot)} (Node ${process.version})\n`);
  return 0;
};
