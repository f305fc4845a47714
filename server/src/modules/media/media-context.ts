import type { Kernel } from '../../kernel/kernel.ts';
import type { Logger } from '../../kernel/log/log.ts';
import type { AddressGuard } from '../../kernel/net/address-guard.ts';
import type { GuardedFetch } from '../../kernel/net/guarded-fetch.ts';
import type { Wish } from './rendition.ts';

/** What the module's use-cases are given. */
export interface MediaContext {
  kernel: Kernel;
  log: Logger;
  guard: AddressGuard;
  fetch: GuardedFetch;
  /** Format and quality of extracted sound unless someone asks otherwise. */
  defaults: Wish;
}
