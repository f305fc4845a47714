import { setTimeout as delay } from 'node:timers/promises';
import { readConfig } from '../kernel/config/process-environment.ts';
import type { App } from '../kernel/http/app.ts';
import { buildApi } from './build-api.ts';
import { databaseUrl } from './database-url.ts';
import { runRole, SHUTDOWN_MS } from './role-life.ts';
import { startModules, stopAll, wire } from './wire.ts';

/** Sound being sent has this long to finish before its connection is cut. */
const FINISH_MS = 2_000;

await runRole(async () => {
  const config = readConfig();
  const wired = await wire(config, 'api', await databaseUrl(config));
  await startModules(wired, 'api');
  const { app, stopTakingRequests } = await buildApi(wired);
  // Before it answers: a role that looks healthy must not still fail to start.
  const setupLink = await wired.composition.accounts.setupLink();
  // Several api processes share the port (SO_REUSEPORT); the supervisor has checked that nobody else has it.
  const address = { host: config.host, port: config.port, reusePort: config.apiWorkers > 1 };
  await app.listen(address);
  const [bound] = app.addresses();
  const port = typeof bound === 'object' ? bound.port : config.port;
  wired.kernel.log.info({ host: config.host, port }, 'answering');
  return {
    ready: { type: 'ready', port, ...(setupLink === null ? {} : { setupLink }) },
    stop: async () => {
      stopTakingRequests();
      await closeApp(app);
      await stopAll(wired, SHUTDOWN_MS - FINISH_MS);
    },
  };
});

/** Takes no new connection, lets replies finish for a moment, then cuts what is left. */
async function closeApp(app: App): Promise<void> {
  const closed = app.close();
  await Promise.race([closed, delay(FINISH_MS, undefined, { ref: false })]);
  app.server.closeAllConnections();
  await closed;
}
