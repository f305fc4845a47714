import type { Kernel } from '../../kernel/kernel.ts';
import type { Logger } from '../../kernel/log/log.ts';
import type { MediaDoor } from '../media/public.ts';
import type { Engines } from './engines/engine.ts';
import { openEngines } from './engines/open-engines.ts';

/** What the module's use-cases are given. */
export interface TranscriptionContext {
  kernel: Kernel;
  log: Logger;
  media: MediaDoor;
  /** Looked for once in each process: whatever is installed later needs a restart. */
  engines: () => Promise<Engines>;
}

/** Binds the module's tools to the kernel. */
export function createTranscriptionContext(kernel: Kernel, media: MediaDoor): TranscriptionContext {
  const log = kernel.log.child({ name: 'transcription' });
  let engines: Promise<Engines> | undefined;
  return {
    kernel,
    log,
    media,
    engines: () => {
      engines ??= openEngines(kernel.config.transcription, kernel.media, log);
      return engines;
    },
  };
}
