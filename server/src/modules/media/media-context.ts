import path from 'node:path';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Logger } from '../../kernel/log/log.ts';
import { type AddressGuard, createAddressGuard } from '../../kernel/net/address-guard.ts';
import { createGuardedFetch, type GuardedFetch } from '../../kernel/net/guarded-fetch.ts';
import { createUnfinishedFiles, type UnfinishedFiles } from '../../kernel/storage/unfinished-files.ts';
import type { AccountsDoor } from '../accounts/public.ts';
import { createUseNotes, type UseNotes } from './keeping/note-use.ts';
import type { Wish } from './renditions/rendition.ts';
import { createSealer } from './signing/sealed-secret.ts';
import { createSigningKeys, type SigningKeys } from './signing/signing-keys.ts';
import type { UploadHolds } from './uploads/upload-holds.ts';

/** What the module's use-cases are given. */
export interface MediaContext {
  kernel: Kernel;
  log: Logger;
  guard: AddressGuard;
  fetch: GuardedFetch;
  keys: SigningKeys;
  accounts: AccountsForMedia;
  /** Answer those of the recordings whose original later modules still need. */
  keepers: Keeper[];
  uses: UseNotes;
  /** Files that arrive in pieces, and which of them this process writes. */
  unfinished: UnfinishedFiles;
  holds: UploadHolds;
  /** Format and quality of extracted sound unless someone asks otherwise. */
  defaults: Wish;
}

/** Of these recordings, those whose original someone still needs. */
export type Keeper = (recordingIds: readonly string[]) => Promise<readonly string[]>;

/** What media asks of accounts. */
export type AccountsForMedia = Pick<AccountsDoor, 'organisationOf' | 'audit' | 'authenticator'>;

/** Binds the module's tools to the kernel. */
export function createMediaContext(kernel: Kernel, accounts: AccountsForMedia): MediaContext {
  const { config, db, clock } = kernel;
  const log = kernel.log.child({ name: 'media' });
  const guard = createAddressGuard(config.extractionAllowedHosts);
  return {
    kernel,
    log,
    guard,
    fetch: createGuardedFetch({ guard, userAgent: `${config.appName}/${config.version}` }),
    unfinished: createUnfinishedFiles(path.join(config.dataDir, 'storage', 'unfinished')),
    holds: new Map(),
    keys: createSigningKeys({
      db,
      clock,
      log,
      accounts,
      sealer: createSealer(config.secretKey),
      installationKey: config.signingKey,
    }),
    accounts,
    keepers: [],
    uses: createUseNotes(db, log),
    defaults: defaultWish(config),
  };
}

/** AUDIO_FORMAT and AUDIO_BITRATE; the lossless formats have no bit rate to choose. */
function defaultWish({ audioFormat, audioBitrate }: Kernel['config']): Wish {
  const isLossless = audioFormat === 'wav' || audioFormat === 'flac';
  return { format: audioFormat, quality: isLossless ? 'lossless' : audioBitrate };
}
