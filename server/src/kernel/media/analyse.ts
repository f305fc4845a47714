import { rm, writeFile } from 'node:fs/promises';
import { codeOf } from '../reason-of.ts';
import { fullScaleOf } from './analysis/clipping.ts';
import { findFaults } from './analysis/find-faults.ts';
import { startAnalysis } from './analysis/run-in-thread.ts';
import type { AnalysedSound } from './analysis/sound-analyser.ts';
import {
  inputArgs,
  type MediaContext,
  quietArgs,
  runTool,
  samplesOut,
  workDeadlineMs,
} from './media-context.ts';
import { ProgressReader, throttled } from './progress.ts';
import { demuxerOf } from './sniff-container.ts';
import { type AnalyseRequest, MediaError, type SoundAnalysis } from './tools.ts';

/** Whole numbers of samples in 10 ms; the lowest that holds the source's is taken. */
const sampleRates = [8000, 12_000, 16_000, 24_000, 32_000, 44_100, 48_000];
const bytesPerSample = 4;

/**
 * Decodes once, at the source's rate, and measures in a thread: loudness, peaks, silence, clipping, channels, spectrum.
 * Writes the finest waveform and the spectrogram. Throws MediaError or the signal's reason; leaves no output behind then.
 */
export async function analyse(context: MediaContext, request: AnalyseRequest): Promise<SoundAnalysis> {
  const { source, waveformPath, spectrogramPath, signal } = request;
  const sampleRate = sampleRates.find((rate) => rate >= source.sampleRate) ?? 48_000;
  const channels = source.channels === 1 ? 1 : 2;
  const thread = startAnalysis({
    sampleRate,
    channels,
    fullScale: fullScaleOf(source.codec),
    niceness: context.niceness,
  });
  try {
    await decode(context, request, { sampleRate, channels, push: thread.push });
    const { figures, waveform, spectrogram } = await thread.finish();
    if (figures.durationMs === 0) throw new MediaError('broken', 'Nothing in this file can be decoded');
    await writeBoth([
      { path: waveformPath, parts: waveform, signal },
      { path: spectrogramPath, parts: [spectrogram], signal },
    ]);
    request.onProgress?.(1);
    return { ...figures, faults: findFaults(figures) };
  } finally {
    await thread.stop();
  }
}

interface Decoded {
  sampleRate: number;
  channels: number;
  push(bytes: Buffer): Promise<void>;
}

async function decode(
  context: MediaContext,
  { inputPath, source, signal, onProgress }: AnalyseRequest,
  { sampleRate, channels, push }: Decoded,
): Promise<void> {
  let bytes = 0;
  // The last hundredth is the picture and the files.
  const progress = new ProgressReader(source.durationMs, (fraction) => onProgress?.(fraction * 0.99));
  const report = throttled(() => progress.report((bytes / bytesPerSample / channels / sampleRate) * 1000));
  await runTool(
    context,
    {
      command: context.info.ffmpegPath,
      args: [
        ...quietArgs,
        ...['-threads', '1'],
        ...inputArgs(inputPath, demuxerOf(source.container)),
        ...['-map', `0:${source.audioStreamIndex}`, '-ac', String(channels), '-ar', String(sampleRate)],
        ...samplesOut('f32le'),
      ],
      deadlineMs: workDeadlineMs(source),
      signal,
      onStdout: (chunk) => {
        bytes += chunk.length;
        report();
        return push(chunk);
      },
    },
    'broken',
  );
}

interface FileToWrite {
  path: string;
  parts: AnalysedSound['waveform'];
  signal: AbortSignal | undefined;
}

async function writeBoth(files: FileToWrite[]): Promise<void> {
  try {
    for (const { path, parts, signal } of files) await writeFile(path, parts, { signal });
  } catch (error) {
    await Promise.all(files.map(({ path }) => rm(path, { force: true })));
    throw asFull(error);
  }
}

function asFull(error: unknown): unknown {
  const isFull = ['ENOSPC', 'EDQUOT'].includes(codeOf(error) ?? '');
  return isFull ? new MediaError('storage-full', 'No space is left for the result', { cause: error }) : error;
}
