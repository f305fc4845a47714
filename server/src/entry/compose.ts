import type { Subscription } from '../kernel/events/event.ts';
import type { JobHandler } from '../kernel/jobs/job.ts';
import { assertOneHandlerEach } from '../kernel/jobs/jobs.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Module } from '../kernel/module.ts';
import { accountsModule } from '../modules/accounts/accounts.module.ts';
import { archiveModule } from '../modules/archive/archive.module.ts';
import { mediaModule } from '../modules/media/media.module.ts';
import { searchModule } from '../modules/search/search.module.ts';
import { transcriptionModule } from '../modules/transcription/transcription.module.ts';

/** Every module, in the order in which a later one may call an earlier one. */
export function composeModules(kernel: Kernel) {
  const accounts = accountsModule(kernel);
  const media = mediaModule(kernel, { accounts: accounts.door });
  const archive = archiveModule(kernel, { accounts: accounts.door, media: media.door });
  const transcription = transcriptionModule(kernel, { media: media.door });
  const search = searchModule(kernel);
  const modules: Module[] = [accounts, media, archive, transcription, search];
  return {
    modules,
    accounts: accounts.door,
    media: media.door,
    archive: archive.door,
    search: search.door,
  };
}

/** The modules and the doors to them. */
export type Composition = ReturnType<typeof composeModules>;

/** Everything that workers do: jobs and subscriptions, each handled exactly once. */
export function handlersOf(modules: readonly Module[]): JobHandler[] {
  const handlers = modules.flatMap((module) => [
    ...(module.jobs ?? []),
    ...(module.subscriptions ?? []).map((subscription) => subscription.handler),
  ]);
  assertOneHandlerEach(handlers);
  return handlers;
}

/** Every module's wishes to be told of events. */
export function subscriptionsOf(modules: readonly Module[]): Subscription[] {
  return modules.flatMap((module) => module.subscriptions ?? []);
}
