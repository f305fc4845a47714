import { rm } from 'node:fs/promises';
import path from 'node:path';
import { RunLost } from '../../kernel/jobs/run-beat.ts';
import type { OriginalSound } from '../media/public.ts';
import { type Chunk, type KeptSegment, listChunks, saveChunk } from './chunk-repo.ts';
import { keepSegments } from './keep-segments.ts';
import { saveStep, saveTranscribed } from './run-repo.ts';
import { progressAt, type Transcription } from './transcription.ts';
import type { Stage, TranscriptionRun } from './transcription-run.ts';

/** 16,000 samples of two bytes each second. */
const BYTES_PER_MS = 32;

/** Recognises what is still waiting, one chunk after the other; each is saved with its segments before the next. */
export const recogniseChunks: Stage = async (run, transcription) => {
  const { context, key } = run;
  const { db } = context.kernel;
  const chunks = await listChunks(db.kysely, key.organisationId, key.transcriptionId);
  const share = shareOf(chunks);
  if (chunks.some(({ state }) => state === 'waiting'))
    await recogniseWaiting(run, transcription, chunks, share);
  if (!(await saveTranscribed(db.kysely, key))) throw new RunLost();
  return { ...transcription, status: 'transcribed', stage: 'finish' };
};

async function recogniseWaiting(
  run: TranscriptionRun,
  transcription: Transcription,
  chunks: readonly Chunk[],
  share: Share,
): Promise<void> {
  const { context, key } = run;
  const original = await context.media.openOriginal(key.organisationId, transcription.recordingId);
  const scratch = await context.kernel.storage.scratch({
    expectedBytes: run.engine.maxChunkMs * BYTES_PER_MS,
  });
  try {
    const inputPath = await scratch.bring(original.key, run.signal);
    for (const chunk of chunks) {
      if (chunk.state === 'done') continue;
      run.signal.throwIfAborted();
      const audioPath = path.join(scratch.path, `${chunk.position}.wav`);
      const sound = { ...original, inputPath };
      const segments = await recogniseOne(run, transcription, sound, { chunk, audioPath, share });
      await save(run, chunk, segments, share);
      await rm(audioPath, { force: true });
    }
  } finally {
    await scratch.remove();
  }
}

async function recogniseOne(
  run: TranscriptionRun,
  transcription: Transcription,
  original: OriginalSound & { inputPath: string },
  { chunk, audioPath, share }: { chunk: Chunk; audioPath: string; share: Share },
): Promise<KeptSegment[]> {
  const { context, engine, signal } = run;
  const { durationMs } = await context.kernel.media.extractSpeech({
    inputPath: original.inputPath,
    demuxer: original.demuxer,
    audioStreamIndex: original.audioStreamIndex,
    startMs: chunk.startMs,
    endMs: chunk.endMs,
    outputPath: audioPath,
    signal,
  });
  if (durationMs === 0) return [];
  const recognised = await engine.recognise({
    audioPath,
    durationMs,
    language: transcription.language,
    model: transcription.model,
    initialPrompt: transcription.initialPrompt,
    signal,
    onProgress: (fraction) => run.report('recognise', share.at(chunk, fraction)),
  });
  // An engine that answered although it was told to stop: nobody wants it any more.
  signal.throwIfAborted();
  return keepSegments(recognised, { shiftMs: chunk.startMs, fromMs: chunk.startMs, toMs: chunk.endMs });
}

/** Chunk and segments at once; whoever holds the row counts, whoever has lost it leaves nothing. */
async function save(
  run: TranscriptionRun,
  chunk: Chunk,
  segments: readonly KeptSegment[],
  share: Share,
): Promise<void> {
  const { context, key } = run;
  const { organisationId, transcriptionId } = key;
  const percent = progressAt('recognise', share.at(chunk, 1));
  await context.kernel.db.transaction(async (tx) => {
    if (!(await saveStep(tx, key, percent))) throw new RunLost();
    if (!(await saveChunk(tx, organisationId, transcriptionId, chunk.position, segments)))
      throw new RunLost();
  });
  run.faults = 0;
  run.report('recognise', share.at(chunk, 1));
}

interface Share {
  /** Which part of all chunks is done at `fraction` of this one; they are done in order. */
  at(chunk: Chunk, fraction: number): number;
}

function shareOf(chunks: readonly Chunk[]): Share {
  const lengthOf = ({ startMs, endMs }: Chunk) => endMs - startMs;
  const before: number[] = [];
  let total = 0;
  for (const chunk of chunks) {
    before.push(total);
    total += lengthOf(chunk);
  }
  return {
    at: (chunk, fraction) =>
      total === 0 ? 1 : ((before[chunk.position] ?? 0) + lengthOf(chunk) * fraction) / total,
  };
}
