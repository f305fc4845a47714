import { hostname } from 'node:os';
import { deleteChunks } from './chunk-repo.ts';
import { failRun } from './end-run.ts';
import type { Engine } from './engines/engine.ts';
import { failure } from './run-failure.ts';
import { claimTranscription, type RunKey, saveStartedOver } from './run-repo.ts';
import { tell } from './tell.ts';
import { MAX_ATTEMPTS, type Transcription } from './transcription.ts';
import type { TranscriptionContext } from './transcription-context.ts';

/** Who works, as people of the installation know their machines. */
const WORKER = `${hostname()}:${process.pid}`.slice(-100);

/** Takes the transcription for a run, with the engine that will do it; null when there is nothing to do. */
export async function claimRun(
  context: TranscriptionContext,
  key: RunKey,
  jobId: string,
): Promise<{ transcription: Transcription; engine: Engine } | null> {
  const { db } = context.kernel;
  const claimed = await claimTranscription(db.kysely, key, { jobId, worker: WORKER });
  if (!claimed) return null;
  if (claimed.attempts > MAX_ATTEMPTS) return giveUp(context, key);
  const engines = await context.engines();
  const engine = engines.forLanguage(claimed.language);
  if (!engine) {
    await failRun(
      context,
      key,
      failure('transcription.no-engine', engines.howToGetOne(claimed.language), true),
    );
    return null;
  }
  const transcription = await startOverWithAnother(context, key, claimed, engine);
  if (!transcription) return null;
  await tell(db.kysely, context, transcription);
  return { transcription, engine };
}

async function giveUp(context: TranscriptionContext, key: RunKey): Promise<null> {
  const message = `The work on this recording ended without a result ${MAX_ATTEMPTS} times; its sound may be broken.`;
  await failRun(context, key, failure('transcription.gave-up', message, true));
  return null;
}

/** A text is one engine's; where another has to do the rest, it does all of it. Null when the row was lost. */
async function startOverWithAnother(
  { kernel, log }: TranscriptionContext,
  key: RunKey,
  claimed: Transcription,
  engine: Engine,
): Promise<Transcription | null> {
  if (claimed.engine === null || claimed.engine === engine.name || claimed.stage === 'finish') return claimed;
  const isOurs = await kernel.db.transaction(async (tx) => {
    if (!(await saveStartedOver(tx, key))) return false;
    await deleteChunks(tx, key.organisationId, key.transcriptionId);
    return true;
  });
  if (!isOurs) return null;
  log.info(
    { ...key, before: claimed.engine, now: engine.name },
    'another engine starts the transcription over',
  );
  return { ...claimed, stage: 'prepare', engine: null, progress: 0 };
}
