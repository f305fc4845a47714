import type { Db } from '../../kernel/db/db.ts';
import type { Filters } from './filters.ts';

/** What is shown of a hit; read from the live tables, so that it is what may be read now. */
export interface ShownHit {
  /** Which of those asked for. */
  n: number;
  debatId: string | null;
  recordingId: string | null;
  title: string;
  date: string;
  commission: string | null;
  text: string;
  startMs: number | null;
  endMs: number | null;
  speaker: string | null;
  /** [[startMs, endMs, "word", …], …] */
  words: [number, number, string, ...unknown[]][] | null;
  before: string | null;
  after: string | null;
}

/** A segment by its position; its stretch is found first, so that long transcripts cost no more than short ones. */
const segmentAt = (position: string, columns: string): string => `
  left join lateral (
    select ${columns} from transcript_places p
    where p.organisation_id = d.organisation_id and p.recording_id = d.recording_id
      and p.transcription_id = d.transcription_id and p.version = d.version
      and ${position} >= p.first_segment and ${position} < p.first_segment + p.segment_count
      and p.place = ${position} - p.first_segment
    limit 1
  )`;

/** Hits whose text is not what was indexed, or not the reader's any more, are left out. */
const SHOWN = `
  select h.n, d.debat_id as "debatId", d.recording_id as "recordingId", coalesce(a.title, r.title) as title,
    coalesce(a.date, r.created_at::date) as date, a.commission,
    case when h.segment = 0 then d.title else s.text end as text,
    s.start_ms as "startMs", s.end_ms as "endMs", s.speaker, s.words, b.text as before, e.text as after
  from unnest($2::int[], $3::int[]) with ordinality as h (no, segment, n)
  join search_documents d on d.organisation_id = $1 and d.no = h.no
  left join archive_debats a on a.organisation_id = d.organisation_id and a.debat_id = d.debat_id
  left join media_recordings r on r.organisation_id = d.organisation_id and r.recording_id = d.recording_id
  left join recording_transcript_facts f
    on f.organisation_id = d.organisation_id and f.recording_id = d.recording_id
  ${segmentAt('(h.segment - 1)', 'p.text, p.start_ms, p.end_ms, p.speaker, p.words')} s on h.segment > 0
  ${segmentAt('(h.segment - 2)', 'p.text')} b on h.segment > 1
  ${segmentAt('h.segment', 'p.text')} e on h.segment > 0
  where case when d.debat_id is null
      then r.status = 'ready' and (r.visibility = 'public' or $5)
        and not exists (select from archive_debats o
          where o.organisation_id = d.organisation_id and o.recording_id = d.recording_id)
      else a.visibility = 'public' or $4 end
    and case when h.segment = 0 then d.title = coalesce(a.title, r.title)
      else s.text is not null and f.transcription_id = d.transcription_id and f.version = d.version
        and (r.visibility = 'public' or $5) and (a.debat_id is null or a.recording_id = d.recording_id) end
  order by h.n`;

/** What may be shown of these places, in their order. */
export function readShown(
  read: Db['read'],
  organisationId: string,
  places: readonly { no: number; segment: number }[],
  { seesDebats, seesRecordings }: Filters,
): Promise<ShownHit[]> {
  return read<ShownHit>('search-shown', SHOWN, [
    organisationId,
    places.map(({ no }) => no),
    places.map(({ segment }) => segment),
    seesDebats,
    seesRecordings,
  ]);
}
