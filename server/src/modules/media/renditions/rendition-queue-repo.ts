import { type Executor, runSql } from '../../../kernel/db/db.ts';

/** How much is waiting to be encoded, and how quickly such work was done lately. */
export interface RenditionQueue {
  /** Renditions on demand that wait or are made, of all organisations. */
  unfinished: number;
  /** Those of the organisation that asks. */
  own: number;
  /** Made at this moment. */
  running: number;
  /** Sound that is still to be encoded. */
  soundSeconds: number;
  /** Of encoding, for a second of sound, over the last that were made; null when there were none. */
  secondsPerSoundSecond: number | null;
}

const QUEUE = `
  select count(*) as unfinished,
    count(*) filter (where f.organisation_id = $1) as own,
    count(*) filter (where f.status = 'extracting') as running,
    coalesce(sum(r.duration_ms / 1000.0 * (100 - f.progress) / 100), 0)::float8 as "soundSeconds",
    (select (sum(extract(epoch from made.completed_at - made.started_at)) / nullif(sum(made.duration_ms / 1000.0), 0))::float8
      from (select started_at, completed_at, duration_ms from renditions
        where status = 'completed' and not is_planned order by completed_at desc limit 20) made
    ) as "secondsPerSoundSecond"
  from renditions f join recordings r on r.organisation_id = f.organisation_id and r.id = f.recording_id
  where f.status in ('pending', 'extracting') and not f.is_planned`;

/** The queue of the installation as it stands; the transcoder is one for all organisations. */
export async function readRenditionQueueAcrossOrganisations(
  q: Executor,
  organisationId: string,
): Promise<RenditionQueue> {
  const [row] = await runSql<RenditionQueue>(q, QUEUE, [organisationId]);
  if (!row) throw new Error('the database answered no figures');
  return row;
}

/** Until the transaction ends nobody else takes a place: two at once must not both take the last. */
export async function lockRenditionQueueAcrossOrganisations(q: Executor): Promise<void> {
  await runSql(q, `select pg_advisory_xact_lock(hashtextextended('renditions', 0))`, []);
}
