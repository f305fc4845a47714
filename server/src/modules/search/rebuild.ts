import { indexSubjects } from './index-documents.ts';
import type { RebuildProgress } from './public.ts';
import {
  beginRebuild,
  countSources,
  countWords,
  endRebuild,
  type RebuildPhase,
  type RebuildState,
  readNextIds,
  readUnmet,
  saveRebuild,
} from './rebuild-repo.ts';
import type { Search } from './search.ts';

const IDS_AT_ONCE = 20;
/** Documents made at the same time: one is read and written while another is cut into words. */
const HANDS = 2;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/**
 * Makes every document of an organisation anew and drops those of what is gone. Each is replaced in a transaction
 * of its own, so that the search goes on; what was done is noted, so that a stopped rebuild goes on from there.
 */
export async function rebuild(
  search: Search,
  organisationId: string,
  onProgress: (progress: RebuildProgress) => void,
  signal?: AbortSignal,
): Promise<RebuildProgress> {
  const { db } = search;
  const { isResumed, ...begun } = await beginRebuild(db.kysely, organisationId);
  const total = await countSources(db.kysely, organisationId);
  let state: RebuildState = begun;
  const tell = (): RebuildProgress => ({ done: state.done, total: Math.max(total, state.done), isResumed });
  for (const phase of ['debats', 'recordings'] as const) {
    if (state.phase !== phase && phase === 'debats') continue;
    state = state.phase === phase ? state : { ...state, phase, afterId: FIRST_ID };
    for await (const reached of makeAll(search, organisationId, state, signal)) {
      state = reached;
      await saveRebuild(db.kysely, organisationId, state);
      onProgress(tell());
    }
  }
  await indexSubjects(search, organisationId, await readUnmet(db.kysely, organisationId, state.startedAt));
  await countWords(db.kysely, organisationId);
  await endRebuild(db.kysely, organisationId);
  return tell();
}

/** Makes a phase's documents, some at a time, and says after each time how far it has come. */
async function* makeAll(
  search: Search,
  organisationId: string,
  from: RebuildState,
  signal: AbortSignal | undefined,
): AsyncGenerator<RebuildState> {
  const { phase, startedAt } = from;
  let { afterId, done } = from;
  for (;;) {
    const ids = await readNextIds(search.db.kysely, organisationId, phase, afterId, IDS_AT_ONCE);
    const last = ids.at(-1);
    if (last === undefined) return;
    await makeSome(search, organisationId, phase, ids, startedAt, signal);
    afterId = last;
    done += ids.length;
    yield { phase, startedAt, afterId, done };
  }
}

async function makeSome(
  search: Search,
  organisationId: string,
  phase: RebuildPhase,
  ids: readonly string[],
  startedAt: Date,
  signal: AbortSignal | undefined,
): Promise<void> {
  const waiting = [...ids];
  const hand = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      signal?.throwIfAborted();
      const subjects =
        phase === 'debats' ? { debatIds: [id], recordingIds: [] } : { debatIds: [], recordingIds: [id] };
      await indexSubjects(search, organisationId, subjects, startedAt);
    }
  };
  await Promise.all(Array.from({ length: HANDS }, hand));
}
