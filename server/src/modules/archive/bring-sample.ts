import type { Actor } from '../../kernel/auth/actor.ts';
import type { Archive } from './archive.ts';
import { createDebat } from './create-debat.ts';
import { sampleBrought } from './events.ts';
import { readSeed, type Seed, type SeedDebat, seedSoundPath } from './seed-data.ts';
import { seedTimes } from './seed-dates.ts';
import { type BroughtDebat, findBrought, lockSeeding } from './seed-repo.ts';

/** For whom it is brought; `personId` null when nobody did it but a command on the server. */
export type Bringer = Pick<Actor, 'organisationId' | 'personId'>;

/** Everything that was asked for and is there now, and how many débats of it are new. */
export interface Brought {
  debatIds: string[];
  recordingIds: string[];
  added: number;
}

/** Brings the whole seed; what is there already stays as it is. */
export async function bringSeed(archive: Archive, bringer: Bringer): Promise<Brought> {
  const seed = await readSeed();
  return bring(archive, bringer, seed, seed.debats);
}

/** Brings the one débat with sound that a first visitor plays. */
export async function bringSample(archive: Archive, bringer: Bringer): Promise<Brought> {
  const seed = await readSeed();
  const sample = seed.debats.filter((debat) => debat.key === seed.sample);
  return bring(archive, bringer, seed, sample);
}

async function bring(
  archive: Archive,
  bringer: Bringer,
  seed: Seed,
  wanted: readonly SeedDebat[],
): Promise<Brought> {
  // The lock is a transaction of its own: with one connection altogether it would wait for itself.
  if (archive.config.dbPoolSize < 2) return bringMissing(archive, bringer, seed, wanted);
  return archive.db.transaction(async (tx) => {
    await lockSeeding(tx, bringer.organisationId);
    return bringMissing(archive, bringer, seed, wanted);
  });
}

async function bringMissing(
  archive: Archive,
  bringer: Bringer,
  seed: Seed,
  wanted: readonly SeedDebat[],
): Promise<Brought> {
  const marks = wanted.map((debat) => markOf(seed, debat));
  const before = await findBrought(archive.db.kysely, bringer.organisationId, marks);
  const known = new Set(before.map(({ mark }) => mark));
  const missing = wanted.filter((debat) => !known.has(markOf(seed, debat)));
  for (const debat of missing) await bringOne(archive, bringer, seed, debat);
  const after: BroughtDebat[] =
    missing.length === 0 ? before : await findBrought(archive.db.kysely, bringer.organisationId, marks);
  await tellBrought(archive, bringer, seed, wanted, after);
  return {
    debatIds: after.map(({ id }) => id),
    recordingIds: after.map(({ recordingId }) => recordingId).filter((id) => id !== null),
    added: missing.length,
  };
}

/** Later modules add what they have for it. What came before this is told again: they add what is missing. */
async function tellBrought(
  { db, events }: Archive,
  { organisationId }: Bringer,
  seed: Seed,
  wanted: readonly SeedDebat[],
  brought: readonly BroughtDebat[],
): Promise<void> {
  for (const debat of wanted) {
    const recordingId = brought.find(({ mark }) => mark === markOf(seed, debat))?.recordingId;
    if (debat.transcript === undefined || !recordingId) continue;
    const { transcript } = debat;
    const event = { organisationId, recordingId, transcript, language: seed.language };
    await events.emit(db.kysely, sampleBrought, event);
  }
}

async function bringOne(archive: Archive, bringer: Bringer, seed: Seed, debat: SeedDebat): Promise<void> {
  const { sound, title, description, type, status, commission, salle, speakers, ministers, tags, keywords } =
    debat;
  const recording =
    sound === undefined
      ? null
      : await archive.media.uploadFile(bringer, {
          path: seedSoundPath(sound),
          filename: sound,
          title,
          language: seed.language,
        });
  await createDebat(archive, bringer, {
    title,
    description,
    type,
    status,
    ...seedTimes(debat, seed.timeZone, archive.clock.now()),
    duration_minutes: debat.minutes,
    commission,
    salle,
    speakers,
    ministers,
    tags,
    keywords,
    metadata: { seed: markOf(seed, debat) },
    recording_id: recording?.id,
  });
}

const markOf = (seed: Seed, debat: SeedDebat): string => `${seed.name}/${debat.key}`;
