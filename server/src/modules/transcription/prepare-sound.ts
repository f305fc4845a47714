import { RunLost } from '../../kernel/jobs/run-beat.ts';
import { insertChunks } from './chunk-repo.ts';
import { savePrepared } from './run-repo.ts';
import type { Stage } from './transcription-run.ts';

/** Finds where the sound can be cut, so that each piece is saved by itself. */
export const prepareSound: Stage = async (run, transcription) => {
  const { context, key, engine } = run;
  const { kernel, media } = context;
  const { organisationId, transcriptionId } = key;
  const original = await media.openOriginal(organisationId, transcription.recordingId);
  const file = await kernel.storage.borrow(original.key, { signal: run.signal });
  const planning = kernel.media.planSpeechChunks({
    inputPath: file.path,
    demuxer: original.demuxer,
    audioStreamIndex: original.audioStreamIndex,
    expectedMs: original.durationMs,
    maxChunkMs: engine.maxChunkMs,
    useVad: transcription.useVad,
    signal: run.signal,
    onProgress: (fraction) => run.report('prepare', fraction),
  });
  const { durationMs, chunks } = await planning.finally(file.release);
  await kernel.db.transaction(async (tx) => {
    if (!(await savePrepared(tx, key, { engine: engine.name, durationMs }))) throw new RunLost();
    await insertChunks(tx, organisationId, transcriptionId, chunks);
  });
  run.faults = 0;
  return { ...transcription, stage: 'recognise', engine: engine.name, durationMs };
};
