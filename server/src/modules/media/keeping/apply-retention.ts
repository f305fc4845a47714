import { removeFilesJob } from '../jobs.ts';
import type { MediaContext } from '../media-context.ts';
import {
  dropOriginal,
  dropRendition,
  type Expired,
  listExpiredAcrossOrganisations,
} from './retention-repo.ts';

/** What was let go, or would be. */
export interface RetentionResult {
  renditions: number;
  originals: number;
  bytes: number;
}

const AT_ONCE = 200;
const NIL = '00000000-0000-0000-0000-000000000000';

/**
 * Lets go what the organisations' rules say, one file a transaction, by any number of workers at once. What is referred
 * to stays: the rules look at rows, `context.keepers` at what later modules still need. `dryRun` only tells.
 */
export async function applyRetention(
  context: MediaContext,
  options: { dryRun?: boolean; onFile?: (file: Expired) => void; signal?: AbortSignal } = {},
): Promise<RetentionResult> {
  const result: RetentionResult = { renditions: 0, originals: 0, bytes: 0 };
  for (const kind of ['renditions', 'originals'] as const) {
    for await (const file of expiredFiles(context, kind)) {
      if (options.signal?.aborted) return result;
      if (options.dryRun !== true && !(await letGo(context, file))) continue;
      result[kind]++;
      result.bytes += file.sizeBytes;
      options.onFile?.(file);
    }
  }
  if (options.dryRun !== true && result.renditions + result.originals > 0) {
    context.log.info({ ...result }, 'rules of retention removed files');
  }
  return result;
}

async function* expiredFiles(
  context: MediaContext,
  kind: 'renditions' | 'originals',
): AsyncIterable<Expired> {
  const { kysely } = context.kernel.db;
  for (let afterId = NIL; ; ) {
    const page = await listExpiredAcrossOrganisations(kysely, kind, afterId, AT_ONCE);
    const kept = await keptByOthers(context, kind === 'originals' ? page : []);
    for (const file of page) if (!kept.has(file.recordingId)) yield file;
    const last = page.at(-1);
    if (last === undefined || page.length < AT_ONCE) return;
    afterId = last.renditionId ?? last.recordingId;
  }
}

/** Recordings whose original some later module still reads. */
async function keptByOthers(
  { keepers }: MediaContext,
  files: readonly Expired[],
): Promise<ReadonlySet<string>> {
  const kept = new Set<string>();
  if (files.length === 0) return kept;
  for (const keeper of keepers) {
    for (const id of await keeper(files.map(({ recordingId }) => recordingId))) kept.add(id);
  }
  return kept;
}

async function letGo({ kernel }: MediaContext, file: Expired): Promise<boolean> {
  return kernel.db.transaction(async (tx) => {
    const isGone =
      file.renditionId === null
        ? await dropOriginal(tx, file)
        : await dropRendition(tx, file, file.renditionId);
    if (!isGone) return false;
    await kernel.jobs.enqueue(tx, removeFilesJob, { keys: [file.key] });
    await kernel.cache.changed(tx, file.organisationId);
    return true;
  });
}
