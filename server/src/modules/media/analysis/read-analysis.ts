import { Check } from 'typebox/value';
import type { FileToSend } from '../../../kernel/http/send-file.ts';
import { readWhole } from '../../../kernel/storage/file-reader.ts';
import { analysisFailed, coverNotFound, notReady } from '../errors.ts';
import type { MediaContext } from '../media-context.ts';
import type { AudioSource } from '../streaming/audio-repo.ts';
import { assertReady, placeOfStored } from '../streaming/open-audio.ts';
import { requestAnalysis } from './analyse-recording.ts';
import { ANALYSIS_VERSION, AnalysisDetails, type RecordingAnalysis } from './analysis.ts';
import { findAnalysis } from './analysis-repo.ts';

const RETRY_SECONDS = 10;
/** Far more than the lists of a whole day. */
const MOST_DETAILS_BYTES = 64 * 1024 * 1024;

/** An analysis whose figures and files are there. */
export interface CompletedAnalysis extends RecordingAnalysis {
  status: 'completed';
  loudnessState: 'measured' | 'silent' | 'too-short';
  sampleRate: number;
  channels: number;
  detailsKey: string;
  detailsSha256: string;
  spectrogramKey: string;
  spectrogramSha256: string;
}

/**
 * What was measured of a ready recording. One from before it was measured gets its analysis now: 409 `media.not-ready`
 * until it is there. An older analysis is answered while a newer one is made.
 */
export async function openAnalysis(context: MediaContext, source: AudioSource): Promise<CompletedAnalysis> {
  assertReady(source);
  const { id, organisationId } = source;
  const analysis = await findAnalysis(context.kernel.db.kysely, organisationId, id);
  if (analysis === null || analysis.version < ANALYSIS_VERSION) {
    await requestAnalysis(context, { organisationId, recordingId: id });
  }
  if (analysis && isCompleted(analysis)) return analysis;
  if (analysis && analysis.version >= ANALYSIS_VERSION) {
    throw analysisFailed(`This sound could not be measured: ${analysis.errorMessage ?? 'the work failed.'}`);
  }
  throw notReady('The sound is being measured; ask again in a few seconds.', {
    members: { recording_status: source.status },
    headers: { 'retry-after': String(RETRY_SECONDS) },
  });
}

function isCompleted(analysis: RecordingAnalysis): analysis is CompletedAnalysis {
  return analysis.status === 'completed';
}

/** The lists of an analysis, from their file. */
export async function readDetails(
  context: MediaContext,
  { detailsKey }: CompletedAnalysis,
): Promise<AnalysisDetails> {
  const bytes = await readWhole(await placeOfStored(context, detailsKey), MOST_DETAILS_BYTES);
  const details: unknown = JSON.parse(bytes.toString('utf8'));
  if (!Check(AnalysisDetails, details)) throw new Error('the file of an analysis is damaged');
  return details;
}

/** The spectrogram as a file. */
export function openSpectrogram(context: MediaContext, analysis: CompletedAnalysis): Promise<FileToSend> {
  const { spectrogramKey, spectrogramSha256 } = analysis;
  return picture(context, analysis, {
    key: spectrogramKey,
    sha256: spectrogramSha256,
    mimeType: 'image/png',
  });
}

/** The cover art as a file, or `media.cover-not-found`. */
export function openCover(context: MediaContext, analysis: CompletedAnalysis): Promise<FileToSend> {
  const { coverKey, coverSha256 } = analysis;
  if (coverKey === null || coverSha256 === null)
    throw coverNotFound('The file of this sound has no picture.');
  return picture(context, analysis, { key: coverKey, sha256: coverSha256, mimeType: 'image/jpeg' });
}

async function picture(
  context: MediaContext,
  { analysedAt }: CompletedAnalysis,
  { key, sha256, mimeType }: { key: string; sha256: string; mimeType: string },
): Promise<FileToSend> {
  const path = await placeOfStored(context, key);
  const stored = await context.kernel.storage.stat(key);
  const etag = `"${sha256.slice(0, 32)}"`;
  return { path, sizeBytes: stored?.sizeBytes ?? 0, modifiedAt: analysedAt, etag, mimeType };
}
