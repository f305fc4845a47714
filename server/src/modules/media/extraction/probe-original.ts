import { RunLost } from '../../../kernel/jobs/run-beat.ts';
import type { Recording } from '../recording.ts';
import type { ExtractionRun } from './extract-recording.ts';
import { saveFacts } from './extraction-repo.ts';
import { toFacts } from './probed-facts.ts';

/** Finds out what the original really is. */
export async function probeOriginal(run: ExtractionRun, recording: Recording): Promise<Recording> {
  const { kernel } = run.context;
  run.report('probe', 0);
  run.note('probe');
  const original = await kernel.storage.borrow(recording.originalKey ?? '', { signal: run.signal });
  const info = await kernel.media.probe(original.path, { signal: run.signal }).finally(original.release);
  const facts = toFacts(info);
  if (!(await saveFacts(kernel.db.kysely, run.key, facts))) throw new RunLost();
  run.report('probe', 1);
  return { ...recording, ...facts, stage: 'encode' };
}
