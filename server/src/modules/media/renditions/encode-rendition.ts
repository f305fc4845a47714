import path from 'node:path';
import type { JobRun } from '../../../kernel/jobs/job.ts';
import type { EncodedFile, EncodeRequest, LevelChange } from '../../../kernel/media/tools.ts';
import { analyseRecording } from '../analysis/analyse-recording.ts';
import type { RecordingAnalysis } from '../analysis/analysis.ts';
import { findAnalysis } from '../analysis/analysis-repo.ts';
import { notNormalisable } from '../errors.ts';
import { toMediaInfo } from '../extraction/probed-facts.ts';
import type { MediaContext } from '../media-context.ts';
import type { Recording } from '../recording.ts';
import { correctLevel, levelFault, planLevel, type TriedLevel } from './level.ts';
import { bitrateOf, type LoudnessTarget, type Rendition } from './rendition.ts';

/** Each time costs as much as the first; a second correction is hardly ever needed. */
const MOST_ENCODINGS = 4;

/** What one rendition is made from, and where. */
export interface RenditionWork {
  recording: Recording;
  rendition: Rendition;
  folder: string;
  /** A path to read a stored file from, while the work lasts. */
  bring: (key: string) => Promise<string>;
  job: JobRun;
  signal: AbortSignal;
  /** 0 to 1. */
  onProgress: (fraction: number) => void;
}

/** Makes the file of a rendition, at the loudness that it wants; still in the folder. */
export async function encodeRendition(context: MediaContext, work: RenditionWork): Promise<EncodedFile> {
  const { recording, rendition, folder, signal } = work;
  const { media } = context.kernel;
  const { normalised } = rendition;
  const analysis = await analysisOf(context, work);
  const inputPath = await work.bring(recording.originalKey ?? '');
  const cover = analysis?.coverKey ?? null;
  const request: Omit<EncodeRequest, 'outputs'> = {
    inputPath,
    source: toMediaInfo(recording) ?? (await media.probe(inputPath, { signal })),
    title: recording.title,
    tags: analysis?.tags ?? {},
    ...(cover === null ? {} : { coverPath: await work.bring(cover) }),
    signal,
  };
  const output = {
    path: path.join(folder, rendition.filename),
    format: rendition.format,
    bitrateKbps: bitrateOf(rendition.quality),
  };
  if (normalised === null) {
    return only(await media.encode({ ...request, outputs: [output], onProgress: work.onProgress }));
  }
  const fault = analysis === null ? 'This sound was never measured.' : levelFault(analysis, normalised);
  if (analysis === null || fault !== null) throw notNormalisable(fault ?? '');
  const level = planLevel(analysis, normalised, rendition.format);
  const encode = async (to: LevelChange, from: number, share: number) =>
    only(
      await media.encode({
        ...request,
        outputs: [{ ...output, level: to }],
        onProgress: (fraction) => work.onProgress(from + fraction * share),
      }),
    );
  return level.ceilingDb === null
    ? encode(level, 0, 1)
    : encodeLimited(context, work, { level, normalised, encode });
}

interface LimitedEncoding {
  level: LevelChange;
  normalised: LoudnessTarget;
  encode: (level: LevelChange, from: number, share: number) => Promise<EncodedFile>;
}

/** What the limiter takes from the peaks it takes from the loudness: the result is measured, and made anew if too soft. */
async function encodeLimited(
  context: MediaContext,
  { folder, signal, onProgress }: RenditionWork,
  { level, normalised, encode }: LimitedEncoding,
): Promise<EncodedFile> {
  const { media } = context.kernel;
  const tried: TriedLevel[] = [];
  let next = level;
  for (let time = 1; ; time++) {
    const from = 1 - 1 / 2 ** (time - 1);
    const share = 1 / 2 ** time;
    const encoded = await encode(next, from, share * 0.7);
    if (time === MOST_ENCODINGS) return encoded;
    const { loudness } = await media.analyse({
      inputPath: encoded.path,
      source: await media.probe(encoded.path, { signal }),
      waveformPath: path.join(folder, 'level.dat'),
      spectrogramPath: path.join(folder, 'level.png'),
      signal,
      onProgress: (fraction) => onProgress(from + share * (0.7 + 0.3 * fraction)),
    });
    if (loudness.integratedLufs === null) return encoded;
    tried.push({ gainDb: next.gainDb, lufs: loudness.integratedLufs });
    const corrected = correctLevel(next, tried, normalised);
    if (corrected === null) return encoded;
    next = corrected;
  }
}

/** What was measured; of sound that never was, when the rendition cannot be made without, it is measured now. */
async function analysisOf(
  context: MediaContext,
  { recording, rendition, job, signal }: RenditionWork,
): Promise<RecordingAnalysis | null> {
  const { organisationId, id } = recording;
  const find = () => findAnalysis(context.kernel.db.kysely, organisationId, id);
  const found = await find();
  if (found !== null || rendition.normalised === null) return found;
  await analyseRecording(context, { organisationId, recordingId: id }, { ...job, signal });
  return find();
}

function only(files: readonly EncodedFile[]): EncodedFile {
  const [first] = files;
  if (!first) throw new Error('the encoder answered no file');
  return first;
}
