import { sql } from 'kysely';
import { changesSome, type Executor } from '../../../kernel/db/db.ts';
import type { MediaTables } from '../tables.ts';
import type { Rendition } from './rendition.ts';
import { RENDITION_COLUMNS } from './rendition-columns.ts';

function tables(q: Executor) {
  return q.withTables<MediaTables>();
}

/** The run of one on-demand rendition; the same fencing as `RunKey` of extractions. */
export interface RenditionRun {
  organisationId: string;
  renditionId: string;
  runId: string;
}

/** Takes the rendition for a run, from the queue or from an earlier run; null when there is nothing to do. */
export async function claimRendition(
  q: Executor,
  key: RenditionRun,
  jobId: string,
): Promise<(Rendition & { attempts: number }) | null> {
  const row = await tables(q)
    .updateTable('renditions')
    .set({
      status: 'extracting',
      progress: 0,
      run_id: key.runId,
      job_id: jobId,
      attempts: sql<number>`attempts + 1`,
      heartbeat_at: sql`now()`,
      started_at: sql<Date>`now()`,
      updated_at: sql`now()`,
    })
    .where('organisation_id', '=', key.organisationId)
    .where('id', '=', key.renditionId)
    .where('is_planned', '=', false)
    .where('status', 'in', ['pending', 'extracting'])
    .returning([...RENDITION_COLUMNS, 'attempts'])
    .executeTakeFirst();
  return row ?? null;
}

/** Notes that the run is alive and how far it is, in percent; false when the row is no longer its own. */
export async function touchRendition(q: Executor, key: RenditionRun, progress: number): Promise<boolean> {
  return ownedChange(q, key, { progress });
}

/** The end without a file; false when the row is no longer the run’s. */
export async function failRendition(
  q: Executor,
  key: RenditionRun,
  error: { code: string; message: string },
): Promise<boolean> {
  return ownedChange(q, key, {
    status: 'error',
    error_code: error.code,
    error_message: error.message,
    run_id: null,
  });
}

/** Ends one that waits or is made, whoever makes it; null when there is nothing to end. */
export async function cancelRenditionRow(
  q: Executor,
  organisationId: string,
  id: string,
  error: { code: string; message: string },
): Promise<Rendition | null> {
  const row = await tables(q)
    .updateTable('renditions')
    .set({ status: 'error', error_code: error.code, error_message: error.message, run_id: null })
    .set({ updated_at: sql`now()` })
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .where('is_planned', '=', false)
    .where('status', 'in', ['pending', 'extracting'])
    .returning(RENDITION_COLUMNS)
    .executeTakeFirst();
  return row ?? null;
}

/** Back to the queue, without counting the attempt; false when the row is no longer the run’s. */
export async function giveRenditionBack(q: Executor, key: RenditionRun): Promise<boolean> {
  return ownedChange(q, key, {
    status: 'pending',
    run_id: null,
    attempts: sql<number>`greatest(attempts - 1, 0)`,
  });
}

async function ownedChange(
  q: Executor,
  key: RenditionRun,
  change: {
    status?: 'error' | 'pending';
    progress?: number;
    error_code?: string;
    error_message?: string;
    run_id?: null;
    attempts?: ReturnType<typeof sql<number>>;
  },
): Promise<boolean> {
  const update = tables(q)
    .updateTable('renditions')
    .set({ ...change, heartbeat_at: sql`now()`, updated_at: sql`now()` })
    .where('organisation_id', '=', key.organisationId)
    .where('id', '=', key.renditionId)
    .where('run_id', '=', key.runId)
    .where('status', '=', 'extracting');
  return changesSome(update);
}

/** On-demand renditions that nobody has touched for so long, locked until the transaction ends. */
export async function lockStaleRenditionsAcrossOrganisations(
  q: Executor,
  staleSeconds: number,
  atMost: number,
): Promise<{ id: string; organisationId: string }[]> {
  return (
    tables(q)
      .selectFrom('renditions')
      .select(['id', 'organisation_id as organisationId'])
      .where('is_planned', '=', false)
      .where('status', 'in', ['pending', 'extracting'])
      // What is in the trash waits: it is found again when it comes back.
      .where((e) =>
        e.not(
          e.exists(
            e
              .selectFrom('recordings')
              .whereRef('recordings.id', '=', 'renditions.recording_id')
              .where('trashed_at', 'is not', null),
          ),
        ),
      )
      .where('heartbeat_at', '<', sql<Date>`now() - make_interval(secs => ${staleSeconds})`)
      .orderBy('heartbeat_at')
      .limit(atMost)
      .forUpdate()
      .skipLocked()
      .execute()
  );
}

/** Notes that a stale rendition was looked at; with a job id, that it waits for that new job. */
export async function markRenditionLookedAt(
  q: Executor,
  organisationId: string,
  id: string,
  jobId: string | null,
): Promise<void> {
  await tables(q)
    .updateTable('renditions')
    .set({
      heartbeat_at: sql`now()`,
      ...(jobId === null ? {} : { status: 'pending' as const, run_id: null, job_id: jobId }),
    })
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .execute();
}
