import type { Config } from '../kernel/config/config.ts';
import type { Role } from '../kernel/module.ts';
import { type Composition, composeModules, handlersOf, subscriptionsOf } from './compose.ts';
import { type GivenParts, type OpenKernel, openKernel } from './open-kernel.ts';

/** A kernel with its modules, and the way to end both. */
export interface Wired extends OpenKernel {
  composition: Composition;
}

/** Kernel and modules joined: queues declared, events connected, each module's start not yet run. */
export async function wire(config: Config, role: Role, url: string, given: GivenParts = {}): Promise<Wired> {
  const open = await openKernel(config, role, url, given);
  const composition = composeModules(open.kernel);
  open.subscriptions.push(...subscriptionsOf(composition.modules));
  await open.kernel.jobs.declare(handlersOf(composition.modules).map((handler) => handler.job));
  return { ...open, composition };
}

/** Runs each module's own start for this role, in order. */
export async function startModules(wired: Wired, role: Role): Promise<void> {
  for (const module of wired.composition.modules) await module.start?.(role);
}

/** Ends the modules, last first, then the kernel, whatever a module's end makes of it. */
export async function stopAll(wired: Wired, deadlineMs: number): Promise<void> {
  try {
    for (const module of wired.composition.modules.toReversed()) await module.stop?.();
  } finally {
    await wired.close(deadlineMs);
  }
}
