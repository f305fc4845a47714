import { startUpkeep } from '../../kernel/jobs/upkeep.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Module } from '../../kernel/module.ts';
import type { MediaDoor } from '../media/public.ts';
import { channelRule, relayProgress } from './relay-progress.ts';
import { transcriptionRoutes } from './routes.ts';
import { subscriptions } from './subscriptions.ts';
import { transcribeHandler } from './transcribe.job.ts';
import { createTranscriptionContext } from './transcription-context.ts';
import { unfinishedAmongAcrossOrganisations } from './transcription-repo.ts';
import { transcriptionChores } from './upkeep.ts';

/** Speech that becomes text: transcriptions, their segments, and each recording's transcript. */
export function transcriptionModule(kernel: Kernel, doors: { media: MediaDoor }): Module {
  const context = createTranscriptionContext(kernel, doors.media);
  const { hints, sockets } = kernel;
  sockets.addRule(channelRule);
  doors.media.addKeeper((ids) => unfinishedAmongAcrossOrganisations(kernel.db.kysely, ids));
  const ends: (() => void | Promise<void>)[] = [];
  return {
    name: 'transcription',
    routes: (app) => transcriptionRoutes(app, context),
    jobs: [transcribeHandler(context)],
    subscriptions: subscriptions(context),
    start: async (role) => {
      if (role === 'live') return;
      // Looked for at the start, so that a setting that cannot be followed is told then.
      await context.engines();
      if (role === 'api') ends.push(relayProgress(hints, sockets));
      if (role === 'worker') ends.push(startUpkeep(transcriptionChores(context), context.log).stop);
    },
    stop: async () => {
      for (const end of ends) await end();
    },
  };
}
