import type { Engine } from './engines/engine.ts';
import type { RunKey } from './run-repo.ts';
import type { Transcription, TranscriptionStage } from './transcription.ts';
import type { TranscriptionContext } from './transcription-context.ts';

/** One claimed run of one transcription, as its stages see it. */
export interface TranscriptionRun {
  context: TranscriptionContext;
  key: RunKey;
  jobId: string;
  engine: Engine;
  signal: AbortSignal;
  /** 0…1 within the stage. */
  report: (stage: Exclude<TranscriptionStage, 'done'>, fraction: number) => void;
  /** Faults in a row; a saved step begins the count again. */
  faults: number;
}

/** Does one stage and answers the transcription as saved after it; throws RunLost when the row was taken away. */
export type Stage = (run: TranscriptionRun, transcription: Transcription) => Promise<Transcription>;
