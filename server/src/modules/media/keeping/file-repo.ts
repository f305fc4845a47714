import type { Executor } from '../../../kernel/db/db.ts';
import type { MediaTables } from '../tables.ts';

function tables(q: Executor) {
  return q.withTables<MediaTables>();
}

/** Which of these storage keys a recording or rendition refers to. */
export async function referencedKeysAcrossOrganisations(
  q: Executor,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  if (keys.length === 0) return new Set();
  const files = tables(q).selectFrom('renditions').select('file_key as key').where('file_key', 'in', keys);
  const originals = tables(q)
    .selectFrom('recordings')
    .select('original_key as key')
    .where('original_key', 'in', keys);
  const waveforms = tables(q)
    .selectFrom('recordings')
    .select('waveform_key as key')
    .where('waveform_key', 'in', keys);
  const rows = await files
    .union(originals)
    .union(waveforms)
    .union(ofUploads(q, keys))
    .union(ofAnalyses(q, 'details_key', keys))
    .union(ofAnalyses(q, 'spectrogram_key', keys))
    .union(ofAnalyses(q, 'cover_key', keys))
    .execute();
  return new Set(rows.flatMap(({ key }) => (key === null ? [] : [key])));
}

/** Placed a moment before its recording is there. */
function ofUploads(q: Executor, keys: readonly string[]) {
  return tables(q)
    .selectFrom('uploads')
    .select('original_key as key')
    .where('original_key', 'in', keys)
    .where('completed_at', 'is', null);
}

function ofAnalyses(
  q: Executor,
  column: 'details_key' | 'spectrogram_key' | 'cover_key',
  keys: readonly string[],
) {
  return tables(q).selectFrom('recording_analyses').select(`${column} as key`).where(column, 'in', keys);
}
