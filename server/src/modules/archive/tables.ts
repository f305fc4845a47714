import type { ColumnType, Generated } from 'kysely';
import type { Visibility } from '../media/public.ts';
import type { DebatStatus, DebatType } from './debat.ts';

/** Written as JSON text, read as values. */
type Json<T> = ColumnType<T, string, string>;
type DatedByDatabase = ColumnType<Date, Date | undefined, Date>;

/** Rows of `debats` (migration 0003). */
export type DebatsTable = {
  id: string;
  organisation_id: string;
  title: string;
  description: string | null;
  type: DebatType;
  status: DebatStatus;
  visibility: Visibility;
  date: string;
  start_time: Date | null;
  end_time: Date | null;
  duration_minutes: number | null;
  source_url: string | null;
  video_url: string | null;
  thumbnail_url: string | null;
  commission: string | null;
  salle: string | null;
  speakers: Json<string[]>;
  ministers: Json<string[]>;
  tags: Json<string[]>;
  keywords: Json<string[]>;
  metadata: Json<Record<string, unknown>>;
  is_live: Generated<boolean>;
  has_audio: Generated<boolean>;
  recording_id: string | null;
  owns_recording: Generated<boolean>;
  created_by: string | null;
  created_at: DatedByDatabase;
  updated_at: DatedByDatabase;
};

export type DebatCountsTable = {
  debat_id: string;
  organisation_id: string;
  view_count: Generated<number>;
  download_count: Generated<number>;
};

/** The archive's part of the database that use-cases write through the builder. */
export type ArchiveTables = {
  debats: DebatsTable;
  debat_counts: DebatCountsTable;
};
