import type { Kernel } from '../../kernel/kernel.ts';
import type { Logger } from '../../kernel/log/log.ts';
import { type AddressGuard, createAddressGuard } from '../../kernel/net/address-guard.ts';
import { createGuardedFetch, type GuardedFetch } from '../../kernel/net/guarded-fetch.ts';
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

/** Binds the module's tools to the kernel. */
export function createMediaContext(kernel: Kernel): MediaContext {
  const { config } = kernel;
  const guard = createAddressGuard(config.extractionAllowedHosts);
  return {
    kernel,
    log: kernel.log.child({ name: 'media' }),
    guard,
    fetch: createGuardedFetch({ guard, userAgent: `${config.appName}/${config.version}` }),
    defaults: defaultWish(config),
  };
}

/** AUDIO_FORMAT and AUDIO_BITRATE; the lossless formats have no bit rate to choose. */
function defaultWish({ audioFormat, audioBitrate }: Kernel['config']): Wish {
  const isLossless = audioFormat === 'wav' || audioFormat === 'flac';
  return { format: audioFormat, quality: isLossless ? 'lossless' : audioBitrate };
}
