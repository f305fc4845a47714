import { createServer } from 'node:http';
import { readConfig } from '../kernel/config/process-environment.ts';
import { openLog } from '../kernel/log/log.ts';
import { runRole } from './role-life.ts';

/**
 * The process in which sound on air will run, apart so that nothing else can make it stutter. No station is
 * built yet: it answers for its health and 404 for everything else, and needs no database.
 */
await runRole(async () => {
  const config = readConfig();
  const log = openLog({ name: 'live', ...config.log });
  const server = createServer((request, reply) => {
    const isHealth = request.url === '/health/live';
    reply.writeHead(isHealth ? 200 : 404, { 'content-type': 'application/json; charset=utf-8' });
    reply.end(
      JSON.stringify(isHealth ? { status: 'alive' } : { detail: 'There is nothing on air at this address.' }),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.livePort, config.host, resolve);
  });
  log.info({ host: config.host, port: config.livePort }, 'ready for the station');
  return {
    ready: { type: 'ready', port: config.livePort },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
});
