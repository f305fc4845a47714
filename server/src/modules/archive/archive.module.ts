import type { App } from '../../kernel/http/app.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Module } from '../../kernel/module.ts';
import type { AccountsDoor } from '../accounts/public.ts';
import type { MediaDoor } from '../media/public.ts';
import type { Archive } from './archive.ts';
import { bringSeed } from './bring-sample.ts';
import type { ArchiveDoor } from './public.ts';
import { createDebatReaders } from './read-debat.ts';
import { relayNews } from './relay-news.ts';
import { resolveDebatTrack } from './resolve-track.ts';
import { debatRoutes } from './routes.ts';
import { audioRoutes } from './routes-audio.ts';
import { extractionRoutes } from './routes-extraction.ts';
import { sampleRoutes } from './routes-sample.ts';
import { socketRoutes } from './routes-socket.ts';
import { AudioFileSchema, DebatPage, DebatSchema, Extraction, Streaming } from './schemas.ts';
import { channelRules } from './socket-channels.ts';
import { subscriptions } from './subscriptions.ts';
import { createTotals } from './totals.ts';
import { createVisits } from './visits.ts';

/** Débats: their life, their sound, and the news of both. */
export function archiveModule(
  kernel: Kernel,
  doors: { accounts: AccountsDoor; media: MediaDoor },
): Module & { door: ArchiveDoor } {
  const archive = assemble(kernel, doors);
  const { sockets, hints, db } = kernel;
  for (const rule of channelRules(db)) sockets.addRule(rule);
  doors.media.addTracks(resolveDebatTrack(archive));
  const ends: (() => void)[] = [];
  return {
    name: 'archive',
    routes: (app) => registerRoutes(app, archive, kernel, doors.accounts),
    subscriptions: subscriptions(archive),
    start: async (role) => {
      if (role !== 'api') return;
      ends.push(relayNews({ db, hints, sockets, log: archive.log }));
    },
    stop: async () => {
      for (const end of ends) end();
      await archive.visits.flush();
    },
    door: { bringSeed: (bringer) => bringSeed(archive, bringer), flushVisits: archive.visits.flush },
  };
}

function registerRoutes(app: App, archive: Archive, kernel: Kernel, accounts: AccountsDoor): void {
  for (const schema of [AudioFileSchema, DebatSchema, DebatPage, Streaming, Extraction])
    app.addSchema(schema);
  debatRoutes(app, archive);
  extractionRoutes(app, archive);
  audioRoutes(app, archive);
  sampleRoutes(app, archive);
  socketRoutes(app, kernel.sockets, accounts.authenticator);
}

function assemble(
  kernel: Kernel,
  { accounts, media }: { accounts: AccountsDoor; media: MediaDoor },
): Archive {
  const { config, db, clock, events, hints, cache } = kernel;
  const log = kernel.log.child({ name: 'archive' });
  return {
    config,
    db,
    clock,
    events,
    hints,
    cache,
    log,
    media,
    readDebat: createDebatReaders(db),
    totals: createTotals(clock),
    visits: createVisits({ db, clock, log, secret: config.signingKey }),
    isArchivePublic: async (organisationId) =>
      (await accounts.organisationOf(organisationId))?.publicArchive ?? false,
  };
}
