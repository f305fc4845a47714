import { rm, stat } from 'node:fs/promises';
import { countPackets } from './count-packets.ts';
import { makeCoverInput } from './cover-input.ts';
import { assertOutput, formatRules, outputArgs } from './encode-args.ts';
import { inputArgs, type MediaContext, quietArgs, runTool, workDeadlineMs } from './media-context.ts';
import { probe } from './probe.ts';
import { ProgressReader } from './progress.ts';
import { demuxerOf } from './sniff-container.ts';
import {
  type EncodedFile,
  type EncodeOutput,
  type EncodeRequest,
  MediaError,
  type MediaTags,
} from './tools.ts';

/** How far an output's length may be from the source's: encoders pad, players round. */
const toleranceMs = 500;
const toleranceShare = 0.01;
/** What encoders add in front and behind at the lowest rate; headers say how much, and players leave it out. */
const paddingMs = 100;

/**
 * Makes all outputs from one decode, then opens each again and compares its length with the source's. Throws
 * MediaError, RangeError for outputs that can't exist, or the signal's reason; no output is left behind then.
 */
export async function encode(context: MediaContext, request: EncodeRequest): Promise<EncodedFile[]> {
  for (const output of request.outputs) assertPossible(context, output);
  if (request.outputs.length === 0) return [];
  try {
    await runEncoder(context, request);
    const encoded: EncodedFile[] = [];
    for (const output of request.outputs) encoded.push(await verify(context, request, output));
    request.onProgress?.(1);
    return encoded;
  } catch (error) {
    await Promise.all(request.outputs.map(({ path }) => rm(path, { force: true })));
    throw error;
  }
}

function assertPossible(context: MediaContext, output: EncodeOutput): void {
  assertOutput(output);
  const { encoder } = formatRules[output.format];
  if (!context.info.encoders.has(encoder)) {
    throw new MediaError('tool-failed', `This ffmpeg cannot write ${output.format} (it lacks ${encoder})`);
  }
}

async function runEncoder(context: MediaContext, request: EncodeRequest): Promise<void> {
  const { inputPath, source, outputs, signal, onProgress } = request;
  // The last hundredth is the verification.
  const progress = new ProgressReader(source.durationMs, (fraction) => onProgress?.(fraction * 0.99));
  const cover = await coverOf(context, request);
  const labels = { tags: tagsOf(request), cover: cover && { pictureInput: 1, textInput: 2 } };
  try {
    await runTool(
      context,
      {
        command: context.info.ffmpegPath,
        args: [
          ...quietArgs,
          ...['-progress', 'pipe:1', '-filter_threads', '1', '-threads', String(context.threads)],
          ...inputArgs(inputPath, demuxerOf(source.container)),
          ...(cover?.args ?? []),
          ...outputs.flatMap((output) => outputArgs(output, source, labels, context.threads)),
        ],
        deadlineMs: workDeadlineMs(source, outputs.length),
        onStdout: (chunk) => progress.push(chunk),
        signal,
      },
      'broken',
    );
  } finally {
    await cover?.remove();
  }
}

/** Null where there is no picture; old builds write one that half of the players take for a film. */
async function coverOf(context: MediaContext, { coverPath, outputs, signal }: EncodeRequest) {
  const [first] = outputs;
  if (coverPath === undefined || first === undefined || context.info.isOld) return null;
  return makeCoverInput(context, coverPath, first.path, signal);
}

function tagsOf({ title, tags }: EncodeRequest): MediaTags {
  const ours = title?.replace(/[\x00-\x1f\x7f]+/g, ' ').trim();
  return { ...tags, ...(ours ? { title: ours } : {}) };
}

/** Both what the output states (its trailer was written) and what it holds (its bytes were) must fit the source. */
async function verify(
  context: MediaContext,
  { source, signal }: EncodeRequest,
  output: EncodeOutput,
): Promise<EncodedFile> {
  const info = await probe(context, output.path, { signal, believeStated: true });
  const heldMs = await countPackets(context, {
    inputPath: output.path,
    demuxer: demuxerOf(info.container),
    audioStreamIndex: info.audioStreamIndex,
    expectedMs: source.durationMs,
    signal,
  });
  const allowedMs = Math.max(toleranceMs, source.durationMs * toleranceShare);
  for (const ms of [info.durationMs, heldMs]) {
    if (Math.abs(ms - source.durationMs) <= allowedMs) continue;
    throw new MediaError(
      'broken',
      `The result is ${Math.round(ms)} ms long, the source ${source.durationMs} ms`,
    );
  }
  const { size } = await stat(output.path);
  const { mimeType } = formatRules[output.format];
  const isPadded = Math.abs(info.durationMs - source.durationMs) <= paddingMs;
  const durationMs = isPadded ? source.durationMs : info.durationMs;
  return { ...output, mimeType, sizeBytes: size, durationMs };
}
