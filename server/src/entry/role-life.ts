import { setTimeout as delay } from 'node:timers/promises';
import { explanation } from './explanation.ts';

/** What a role tells its supervisor once it works. */
export interface ReadyMessage {
  type: 'ready';
  port?: number;
  /** Path of the one-time set-up link, when nobody can sign in yet. */
  setupLink?: string;
}

/** The whole end of a role, within the 4 s that the supervisor gives. */
export const SHUTDOWN_MS = 3_500;

/**
 * Runs a role until SIGINT, SIGTERM or the loss of its supervisor, then `stop` once; a second signal or a late
 * stop ends the process at once.
 */
export async function runRole(
  start: () => Promise<{ ready: ReadyMessage; stop: () => Promise<void> }>,
): Promise<void> {
  let stopping = false;
  let running: { stop: () => Promise<void> } | null = null;
  const end = async (): Promise<void> => {
    if (stopping) process.exit(1);
    stopping = true;
    const late = delay(SHUTDOWN_MS + 400, 'late' as const, { ref: false });
    const outcome = await Promise.race([running?.stop() ?? Promise.resolve(), late]);
    process.exit(outcome === 'late' ? 1 : 0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void end());
  // Ours died by kill -9: without it there is no database to come back to.
  process.on('disconnect', () => void end());
  try {
    const { ready, stop } = await start();
    running = { stop };
    process.send?.(ready);
  } catch (error) {
    process.stderr.write(`${explanation(error)}\n`);
    process.exit(1);
  }
}
