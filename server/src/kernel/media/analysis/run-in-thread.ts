import { Worker } from 'node:worker_threads';
import type { AnalysedSound } from './sound-analyser.ts';
import type { AnalysisThreadData, FromAnalysis, ToAnalysis } from './thread-messages.ts';

/** Portions on their way before the decoder has to wait: 1 MB. */
const mostUnderway = 16;
const bytesPerSample = 4;

/** An analysis that runs beside us. */
export interface AnalysisThread {
  /** Takes bytes of 32-bit floats, little endian, in any portions; the promise is pending while it has enough. */
  push(bytes: Buffer): Promise<void>;
  finish(): Promise<AnalysedSound>;
  /** Ends it, finished or not. */
  stop(): Promise<void>;
}

/** Starts a thread; what goes wrong in it comes out of `push` or `finish`. */
export function startAnalysis(data: AnalysisThreadData): AnalysisThread {
  const worker = new Worker(new URL('./analysis-thread.ts', import.meta.url), {
    workerData: data,
    resourceLimits: { maxOldGenerationSizeMb: 128 },
  });
  const outcome = Promise.withResolvers<AnalysedSound>();
  // Whoever pushes or finishes hears of it; until then nobody may be listening.
  outcome.promise.catch(() => undefined);
  let underway = 0;
  let wake: (() => void) | null = null;
  worker.on('message', (message: FromAnalysis) => {
    if ('found' in message) return outcome.resolve(message.found);
    underway -= 1;
    wake?.();
  });
  worker.on('error', (error) => outcome.reject(error));
  worker.on('exit', () => outcome.reject(new Error('the analysis ended without a result')));

  const send = (message: ToAnalysis, moved: ArrayBuffer[] = []) => worker.postMessage(message, moved);
  const aligner = new FloatAligner();
  return {
    push: async (bytes) => {
      const samples = aligner.take(bytes);
      if (samples.byteLength === 0) return;
      send({ samples }, [samples]);
      underway += 1;
      if (underway < mostUnderway) return;
      const room = new Promise<void>((resolve) => {
        wake = resolve;
      });
      await Promise.race([room, outcome.promise]);
    },
    finish: () => {
      send({ end: true });
      return outcome.promise;
    },
    stop: async () => {
      await worker.terminate();
    },
  };
}

/** Pipes cut where they like: keeps what is left of a sample for the next portion. */
class FloatAligner {
  #rest: Buffer = Buffer.alloc(0);

  /** A buffer of its own, to be given away. */
  take(bytes: Buffer): ArrayBuffer {
    const length = this.#rest.length + bytes.length;
    const whole = length - (length % bytesPerSample);
    const samples = new ArrayBuffer(whole);
    const target = new Uint8Array(samples);
    const fromRest = Math.min(this.#rest.length, whole);
    target.set(this.#rest.subarray(0, fromRest));
    const taken = whole - fromRest;
    target.set(bytes.subarray(0, taken), fromRest);
    this.#rest = Buffer.concat([this.#rest.subarray(fromRest), bytes.subarray(taken)]);
    return samples;
  }
}
