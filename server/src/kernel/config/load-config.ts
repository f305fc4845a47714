import { isAbsolute, join, resolve } from 'node:path';
import { reasonOf } from '../reason-of.ts';
import { type Config, ConfigError } from './config.ts';
import { readDotenv } from './dotenv.ts';
import { generatedSecret } from './generated-secret.ts';
import { type Environment, readValues } from './read-values.ts';
import { checkRules } from './rules.ts';
import { type Keys, toConfig } from './to-config.ts';

/** Where things are looked for. */
export interface LoadOptions {
  /** Relative paths given in the real environment start here. */
  cwd: string;
  /** Folder of `.env` and of package.json; relative paths in `.env` and defaults start here. Default: `cwd`. */
  root?: string;
}

/** What is wrong with an environment and what is worth saying about it; writes nothing. */
export interface ConfigReport {
  faults: readonly string[];
  notices: readonly string[];
}

/** Reads, checks and derives every setting; makes the secrets that were not given. Throws ConfigError. */
export const loadConfig = (env: Environment, options: LoadOptions): Config => {
  const { read, faults, notices, root } = examine(env, options);
  if (faults.length > 0) throw new ConfigError(faults);
  return toConfig(read.values, keysOf(read.values, read.values.DATA_DIR), { root, notices });
};

/** Checks an environment as loadConfig does, without making anything. */
export const checkConfig = (env: Environment, options: LoadOptions): ConfigReport => {
  const { faults, notices } = examine(env, options);
  return { faults, notices };
};

const paths = ['DATA_DIR', 'LOG_FILE', 'FFMPEG_PATH', 'YTDLP_PATH'] as const;

const examine = (env: Environment, { cwd, root = cwd }: LoadOptions) => {
  const dotenv = readDotenv(join(root, '.env'));
  const located = { ...absolutePaths(dotenv.variables, root), ...present(absolutePaths(env, cwd)) };
  const read = readValues(located);
  read.values.DATA_DIR = resolve(root, read.values.DATA_DIR);
  const rules = checkRules(read);
  return {
    read,
    root,
    faults: [...dotenv.faults, ...read.faults, ...rules.faults],
    notices: [...dotenv.notices, ...rules.notices],
  };
};

/** A bare name such as `ffmpeg` stays: it is looked for on PATH. */
const absolutePaths = (env: Environment, from: string): Environment => {
  const located: Record<string, string | undefined> = { ...env };
  for (const name of paths) {
    const path = env[name]?.trim();
    const isBare = name.endsWith('_PATH') && !path?.includes('/');
    if (path && !isBare && !isAbsolute(path)) located[name] = resolve(from, path);
  }
  return located;
};

/** An empty variable of the real environment doesn't hide the one of `.env`. */
const present = (env: Environment): Environment =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => (value?.trim() ?? '') !== ''));

const keysOf = (
  values: { SECRET_KEY?: string; SIGNING_KEY?: string; INTERNAL_API_KEY?: string },
  dataDir: string,
): Keys => {
  try {
    return {
      secretKey: values.SECRET_KEY ?? generatedSecret(dataDir, 'secret-key'),
      signingKey: values.SIGNING_KEY ?? generatedSecret(dataDir, 'signing-key'),
      internalApiKey: values.INTERNAL_API_KEY ?? generatedSecret(dataDir, 'internal-api-key'),
    };
  } catch (error) {
    throw new ConfigError([`DATA_DIR ${dataDir} can't be used: ${reasonOf(error)}.`]);
  }
};
