import type { Actor } from '../../kernel/auth/actor.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Logger } from '../../kernel/log/log.ts';
import { NO_ORGANISATION_ID, type Organisation } from './organisation.ts';

const FRESH_FOR_MS = 5_000;

/** The organisations in memory, at most a few seconds old: asked at every request without a token. */
export interface OrganisationDirectory {
  /** By Host header without port, else the default one; null before the set-up. */
  byHost(host: string): Promise<Organisation | null>;
  byId(id: string): Promise<Organisation | null>;
  /** Who asks without a token. Answers at once while the memory is fresh, and never fails. */
  anonymous(host: string): Actor | Promise<Actor>;
  /** Something has changed: read again before the next answer. */
  forget(): void;
}

interface Snapshot {
  readAtMs: number;
  byId: Map<string, Organisation>;
  byHost: Map<string, Organisation>;
  fallback: Organisation | null;
  actors: Map<string, Actor>;
}

const NOBODY_ANYWHERE = anonymousActor(NO_ORGANISATION_ID);

interface Sources {
  clock: Clock;
  log: Logger;
  readAll: () => Promise<Organisation[]>;
}

/** Reads all organisations at once, at most every few seconds, and keeps them. */
export function createOrganisationDirectory({ clock, log, readAll }: Sources): OrganisationDirectory {
  let snapshot: Snapshot | null = null;
  let reading: Promise<Snapshot> | null = null;
  let changes = 0;

  const read = async (): Promise<Snapshot> => {
    const changesBefore = changes;
    const taken = takeSnapshot(await readAll(), clock.now());
    // What was read before a change is good for those who asked before it, and kept for no one.
    if (changes === changesBefore) snapshot = taken;
    return taken;
  };
  const fresh = (): Snapshot | null =>
    snapshot !== null && clock.now() - snapshot.readAtMs < FRESH_FOR_MS ? snapshot : null;
  const current = (): Promise<Snapshot> => {
    reading ??= read().finally(() => {
      reading = null;
    });
    return reading;
  };

  return {
    byHost: async (host) => organisationAt(fresh() ?? (await current()), host),
    byId: async (id) => (fresh() ?? (await current())).byId.get(id) ?? null,
    anonymous: (host) => {
      const known = fresh();
      if (known) return actorAt(known, host);
      return current().then(
        (taken) => actorAt(taken, host),
        (error: unknown) => {
          // Health must answer while the database is away; what needs data fails by itself, with its own words.
          log.debug({ err: error }, 'organisations could not be read');
          return snapshot ? actorAt(snapshot, host) : NOBODY_ANYWHERE;
        },
      );
    },
    forget: () => {
      changes += 1;
      reading = null;
      if (snapshot) snapshot = { ...snapshot, readAtMs: Number.NEGATIVE_INFINITY };
    },
  };
}

function takeSnapshot(organisations: Organisation[], readAtMs: number): Snapshot {
  return {
    readAtMs,
    byId: new Map(organisations.map((each) => [each.id, each])),
    byHost: new Map(organisations.flatMap((each) => each.hostnames.map((hostname) => [hostname, each]))),
    fallback: organisations.find((each) => each.isDefault) ?? null,
    actors: new Map(organisations.map((each) => [each.id, anonymousActor(each.id)])),
  };
}

function organisationAt(snapshot: Snapshot, host: string): Organisation | null {
  return snapshot.byHost.get(host.toLowerCase()) ?? snapshot.fallback;
}

function actorAt(snapshot: Snapshot, host: string): Actor {
  const organisation = organisationAt(snapshot, host);
  return (organisation && snapshot.actors.get(organisation.id)) ?? NOBODY_ANYWHERE;
}

function anonymousActor(organisationId: string): Actor {
  return Object.freeze({
    organisationId,
    personId: null,
    sessionId: null,
    permissions: new Set<string>(),
    isPlatformAdmin: false,
  });
}
