import { cutSpeech } from './cut-speech.ts';
import { decodePcm, pcmRate } from './decode-pcm.ts';
import type { MediaContext } from './media-context.ts';
import { ProgressReader, throttled } from './progress.ts';
import type { SpeechPlan, SpeechPlanRequest } from './speech.ts';
import { SpeechLevels } from './speech-levels.ts';
import { MediaError } from './tools.ts';

/** Decodes once, keeps a byte per 20 ms, and cuts where it is quiet. Throws MediaError or the signal's reason. */
export async function planSpeechChunks(
  context: MediaContext,
  request: SpeechPlanRequest,
): Promise<SpeechPlan> {
  const levels = new SpeechLevels();
  let samplesSeen = 0;
  const progress = new ProgressReader(request.expectedMs, (fraction) => request.onProgress?.(fraction));
  const report = throttled(() => progress.report((samplesSeen / pcmRate) * 1000));
  const decodedMs = await decodePcm(context, {
    inputPath: request.inputPath,
    demuxer: request.demuxer,
    audioStreamIndex: request.audioStreamIndex,
    expectedMs: request.expectedMs,
    signal: request.signal,
    onSamples: (samples) => {
      levels.push(samples);
      samplesSeen += samples.length;
      report();
    },
  });
  const durationMs = Math.round(decodedMs);
  if (durationMs === 0) throw new MediaError('broken', 'Nothing in this file can be decoded');
  progress.report(Number.POSITIVE_INFINITY);
  const { maxChunkMs, useVad } = request;
  return { durationMs, chunks: cutSpeech(levels.finish(), { durationMs, maxChunkMs, useVad }) };
}
