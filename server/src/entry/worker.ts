import { readConfig } from '../kernel/config/process-environment.ts';
import { handlersOf } from './compose.ts';
import { databaseUrl } from './database-url.ts';
import { runRole, SHUTDOWN_MS } from './role-life.ts';
import { startModules, stopAll, type Wired, wire } from './wire.ts';

/** With which programs this worker makes sound; not waited for, since asking yt-dlp takes a second. */
async function tellTools({ kernel: { log, media } }: Wired): Promise<void> {
  log.info({ ffmpeg: media.info.version, ytdlp: await media.ytdlpVersion() }, 'media programs');
}

await runRole(async () => {
  const config = readConfig();
  const wired = await wire(config, 'worker', await databaseUrl(config));
  await startModules(wired, 'worker');
  const handlers = handlersOf(wired.composition.modules);
  await wired.kernel.jobs.work(handlers);
  wired.kernel.log.info({ kinds: handlers.length }, 'taking work');
  void tellTools(wired);
  return { ready: { type: 'ready' }, stop: () => stopAll(wired, SHUTDOWN_MS - 500) };
});
