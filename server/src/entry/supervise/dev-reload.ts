import { join } from 'node:path';
import { environmentWith, projectRoot } from '../../kernel/config/process-environment.ts';
import { reasonOf } from '../../kernel/reason-of.ts';
import { superviseProcess } from './supervised-process.ts';
import { watchSources } from './watch-sources.ts';

/** What reloading needs of the rest. */
export interface DevReloadOptions {
  apiPort: number;
  restartRoles: () => void;
  migrate: () => Promise<void>;
  say: (sentence: string) => void;
}

/** Reloads the roles when the server's sources change and serves the page from Vite. Resolves with its end. */
export const reloadOnChange = (options: DevReloadOptions): ((leftMs: number) => Promise<void>) => {
  const { apiPort, restartRoles, migrate, say } = options;
  const reload = (): void => {
    say('Sources changed: reloading.');
    restartRoles();
  };
  const migrateAndReload = (): void => {
    migrate().then(reload, (error: unknown) => say(`The migration failed: ${reasonOf(error)}.`));
  };
  const ends = [
    watchSources(join(projectRoot, 'server/src'), reload),
    watchSources(join(projectRoot, 'server/migrations'), migrateAndReload),
  ];
  const web = join(projectRoot, 'web');
  const page = superviseProcess({
    name: 'page',
    script: join(projectRoot, 'node_modules/vite/bin/vite.js'),
    args: [web, '--config', join(web, 'vite.config.ts')],
    env: () => environmentWith({ ANTENNE_API: `http://127.0.0.1:${apiPort}` }),
    say,
  });
  return async (leftMs) => {
    for (const end of ends) end();
    await page.stop(Math.min(1_000, leftMs));
  };
};
