import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import Type, { type Static } from 'typebox';
import { Parse } from 'typebox/value';
import { DEBAT_TYPES } from './debat.ts';

const FOLDER = new URL('../../../seeds/', import.meta.url);

const Names = Type.Array(Type.String());

const SeedDebatSchema = Type.Object({
  /** Its name within the seed, for ever: what tells that it has been brought. */
  key: Type.String({ pattern: '^[a-z0-9-]+$' }),
  title: Type.String(),
  description: Type.String(),
  type: Type.Enum([...DEBAT_TYPES]),
  status: Type.Optional(Type.Enum(['programme', 'termine'])),
  /** Weeks before the present one; negative: after it. */
  weeksAgo: Type.Integer(),
  /** 1 is Monday. */
  weekday: Type.Integer({ minimum: 1, maximum: 7 }),
  /** HH:MM in the seed's zone. */
  start: Type.String({ pattern: '^[0-2][0-9]:[0-5][0-9]$' }),
  minutes: Type.Optional(Type.Integer()),
  commission: Type.Optional(Type.String()),
  salle: Type.String(),
  speakers: Names,
  ministers: Names,
  tags: Names,
  keywords: Names,
  /** A file of the folder `sound`. */
  sound: Type.Optional(Type.String()),
  /** What is said in it: a file of the folder `transcripts`. */
  transcript: Type.Optional(Type.String()),
});
/** One débat of the seed. */
export type SeedDebat = Static<typeof SeedDebatSchema>;

const SeedSchema = Type.Object({
  name: Type.String(),
  language: Type.String(),
  timeZone: Type.String(),
  /** Key of the one that "play the sample" brings. */
  sample: Type.String(),
  debats: Type.Array(SeedDebatSchema),
});
/** The whole invented assembly and station. */
export type Seed = Static<typeof SeedSchema>;

/** The invented assembly and station of `server/seeds`. */
export async function readSeed(): Promise<Seed> {
  const text = await readFile(new URL('kerlande.json', FOLDER), 'utf8');
  return Parse(SeedSchema, JSON.parse(text));
}

/** Path of a sound file of the seed. */
export function seedSoundPath(file: string): string {
  return fileURLToPath(new URL(`sound/${file}`, FOLDER));
}

/** Path of a transcript of the seed. */
export function seedTranscriptPath(file: string): string {
  return fileURLToPath(new URL(`transcripts/${file}`, FOLDER));
}
