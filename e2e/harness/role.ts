import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { until } from './station.ts';

const ANTENNE = fileURLToPath(new URL('../../antenne', import.meta.url));

export interface RoleProcess {
  process: ChildProcess;
  output(): string;
  stop(): Promise<number | null>;
}

/** One role by itself, as production runs it: `antenne api|worker|live` on a shared DATABASE_URL. */
export function startRole(verb: string, env: Record<string, string>): RoleProcess {
  const child = spawn(ANTENNE, [verb], {
    env: { ...(process.env as Record<string, string>), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => (printed += String(chunk)));
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  return {
    process: child,
    output: () => printed,
    stop: () => {
      child.kill('SIGTERM');
      return child.exitCode !== null ? Promise.resolve(child.exitCode) : ended;
    },
  };
}

/** Runs a verb to its end. */
export async function runVerb(
  args: string[],
  env: Record<string, string>,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(ANTENNE, args, {
    env: { ...(process.env as Record<string, string>), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output };
}

export const healthy = (base: string) =>
  until(
    () => fetch(`${base}/health`),
    (reply) => reply.ok,
    30,
  );
