import { join } from 'node:path';
import type { Config } from './config.ts';
import { type ConfigReport, checkConfig, type LoadOptions, loadConfig } from './load-config.ts';

/** Folder of the checkout: where package.json, `.env` and the built page are. */
export const projectRoot = join(import.meta.dirname, '../../../..');

const place = (): LoadOptions => ({ cwd: process.cwd(), root: projectRoot });

/** The settings of this process. Sets the process's time zone when one is configured. Throws ConfigError. */
export const readConfig = (): Config => {
  const config = loadConfig(process.env, place());
  if (config.timeZone !== null) process.env.TZ = config.timeZone;
  return config;
};

/** What is wrong with, or worth saying about, this process's environment and `.env`. */
export const checkOwnConfig = (): ConfigReport => checkConfig(process.env, place());

/** This process's environment with some variables replaced, for a child process. */
export const environmentWith = (changes: Record<string, string>): NodeJS.ProcessEnv => ({
  ...process.env,
  ...changes,
});
