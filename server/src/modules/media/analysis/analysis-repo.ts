import { sql } from 'kysely';
import type { Executor } from '../../../kernel/db/db.ts';
import type { MediaTags, SoundAnalysis } from '../../../kernel/media/tools.ts';
import type { MediaTables } from '../tables.ts';
import { ANALYSIS_VERSION, type LoudnessFigures, type RecordingAnalysis, rounded } from './analysis.ts';

function tables(q: Executor) {
  return q.withTables<MediaTables>();
}

const COLUMNS = [
  'recording_id as recordingId',
  'version',
  'status',
  'error_message as errorMessage',
  'loudness_state as loudnessState',
  'integrated_lufs as integratedLufs',
  'range_lu as rangeLu',
  'max_momentary_lufs as maxMomentaryLufs',
  'max_short_term_lufs as maxShortTermLufs',
  'true_peak_dbtp as truePeakDbtp',
  'sample_peak_dbfs as samplePeakDbfs',
  'sample_rate as sampleRate',
  'channels',
  'silent_ms as silentMs',
  'clipped_runs as clippedRuns',
  'clipped_samples as clippedSamples',
  'centroid_hz as centroidHz',
  'bandwidth_hz as bandwidthHz',
  'rolloff_hz as rolloffHz',
  'band_limit_hz as bandLimitHz',
  'faults',
  'tags',
  'details_key as detailsKey',
  'details_sha256 as detailsSha256',
  'spectrogram_key as spectrogramKey',
  'spectrogram_sha256 as spectrogramSha256',
  'cover_key as coverKey',
  'cover_sha256 as coverSha256',
  'analysed_at as analysedAt',
] as const;

/** A stored file of an analysis. */
export interface AnalysisFile {
  key: string;
  sha256: string;
}

/** All that is kept of an analysis. */
export interface NewAnalysis {
  sound: SoundAnalysis;
  tags: MediaTags;
  details: AnalysisFile;
  spectrogram: AnalysisFile;
  cover: AnalysisFile | null;
}

/** Null when the recording has not been analysed. */
export async function findAnalysis(
  q: Executor,
  organisationId: string,
  recordingId: string,
): Promise<RecordingAnalysis | null> {
  const row = await tables(q)
    .selectFrom('recording_analyses')
    .select(COLUMNS)
    .where('organisation_id', '=', organisationId)
    .where('recording_id', '=', recordingId)
    .executeTakeFirst();
  return row ?? null;
}

/** Loudness of several recordings, by their ids; those that have not been measured are missing. */
export async function listLoudness(
  q: Executor,
  organisationId: string,
  recordingIds: readonly string[],
): Promise<ReadonlyMap<string, LoudnessFigures>> {
  if (recordingIds.length === 0) return new Map();
  const rows = await tables(q)
    .selectFrom('recording_analyses')
    .select([
      'recording_id as recordingId',
      'integrated_lufs as integratedLufs',
      'range_lu as rangeLu',
      'true_peak_dbtp as truePeakDbtp',
    ])
    .where('organisation_id', '=', organisationId)
    .where('recording_id', 'in', recordingIds)
    .where('status', '=', 'completed')
    .execute();
  return new Map(rows.map(({ recordingId, ...figures }) => [recordingId, figures]));
}

/**
 * Keeps an analysis; with `unlessThere` only where there is none of this version yet. Answers the keys of the files that
 * it replaced, or null when it was not kept.
 */
export async function saveAnalysis(
  q: Executor,
  organisationId: string,
  recordingId: string,
  analysis: NewAnalysis,
  { unlessThere }: { unlessThere: boolean },
): Promise<string[] | null> {
  const before = await lockAnalysis(q, organisationId, recordingId);
  const isThere = before?.status === 'completed' && before.version >= ANALYSIS_VERSION;
  if (unlessThere && isThere) return null;
  const values = { ...completedColumns(analysis), version: ANALYSIS_VERSION, analysed_at: sql<Date>`now()` };
  await tables(q)
    .insertInto('recording_analyses')
    .values({ recording_id: recordingId, organisation_id: organisationId, ...values })
    .onConflict((conflict) => conflict.column('recording_id').doUpdateSet(values))
    .execute();
  return [before?.detailsKey, before?.spectrogramKey, before?.coverKey].filter((key) => key != null);
}

/** Notes that a recording can't be analysed, so that nobody tries for ever; keeps an analysis that is there. */
export async function saveAnalysisFailure(
  q: Executor,
  organisationId: string,
  recordingId: string,
  message: string,
): Promise<void> {
  const values = {
    version: ANALYSIS_VERSION,
    status: 'error' as const,
    error_message: message,
    analysed_at: sql<Date>`now()`,
  };
  await tables(q)
    .insertInto('recording_analyses')
    .values({ recording_id: recordingId, organisation_id: organisationId, ...values })
    .onConflict((conflict) =>
      conflict.column('recording_id').doUpdateSet(values).where('recording_analyses.status', '=', 'error'),
    )
    .execute();
}

/** Ready recordings that were never analysed, or with an older version; the newest first. */
export async function listUnanalysedAcrossOrganisations(
  q: Executor,
  atMost: number,
): Promise<{ id: string; organisationId: string }[]> {
  return tables(q)
    .selectFrom('recordings as r')
    .leftJoin('recording_analyses as a', (join) =>
      join.onRef('a.organisation_id', '=', 'r.organisation_id').onRef('a.recording_id', '=', 'r.id'),
    )
    .select(['r.id', 'r.organisation_id as organisationId'])
    .where('r.status', '=', 'ready')
    .where('r.trashed_at', 'is', null)
    .where((e) => e.or([e('a.version', 'is', null), e('a.version', '<', ANALYSIS_VERSION)]))
    .orderBy('r.created_at', 'desc')
    .limit(atMost)
    .execute();
}

async function lockAnalysis(q: Executor, organisationId: string, recordingId: string) {
  return tables(q)
    .selectFrom('recording_analyses')
    .select(COLUMNS)
    .where('organisation_id', '=', organisationId)
    .where('recording_id', '=', recordingId)
    .forUpdate()
    .executeTakeFirst();
}

function completedColumns({ sound, tags, details, spectrogram, cover }: NewAnalysis) {
  const { loudness, clipping, silence, spectrum } = sound;
  return {
    status: 'completed' as const,
    error_message: null,
    loudness_state: loudness.state,
    integrated_lufs: rounded(loudness.integratedLufs, 2),
    range_lu: rounded(loudness.rangeLu, 2),
    max_momentary_lufs: rounded(loudness.maxMomentaryLufs, 2),
    max_short_term_lufs: rounded(loudness.maxShortTermLufs, 2),
    true_peak_dbtp: rounded(sound.truePeakDb, 2),
    sample_peak_dbfs: rounded(sound.samplePeakDb, 2),
    sample_rate: sound.sampleRate,
    channels: sound.channels,
    silent_ms: silence.totalMs,
    clipped_runs: clipping.runs,
    clipped_samples: clipping.samples,
    centroid_hz: rounded(spectrum.centroidHz, 1),
    bandwidth_hz: rounded(spectrum.bandwidthHz, 1),
    rolloff_hz: rounded(spectrum.rolloffHz, 1),
    band_limit_hz: rounded(spectrum.bandLimitHz, 0),
    faults: JSON.stringify(sound.faults),
    tags: JSON.stringify(tags),
    details_key: details.key,
    details_sha256: details.sha256,
    spectrogram_key: spectrogram.key,
    spectrogram_sha256: spectrogram.sha256,
    cover_key: cover?.key ?? null,
    cover_sha256: cover?.sha256 ?? null,
  };
}
