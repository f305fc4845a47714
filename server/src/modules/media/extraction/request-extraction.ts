import { cleanLine } from '../../../kernel/clean-line.ts';
import type { Executor } from '../../../kernel/db/db.ts';
import { newId } from '../../../kernel/id.ts';
import { JOB_PRIORITY, type JobPriority } from '../../../kernel/jobs/job.ts';
import { AddressRefused } from '../../../kernel/net/errors.ts';
import { addressRefused, alreadyImported, wishRefused } from '../errors.ts';
import { extractRecordingJob } from '../jobs.ts';
import { takeRoom } from '../keeping/quota.ts';
import type { MediaContext } from '../media-context.ts';
import { filenameFromUrl, titleFromFilename } from '../names.ts';
import type { Recording, Visibility } from '../recording.ts';
import { insertRecording, type NewRecording } from '../recording-repo.ts';
import {
  type AudioFormat,
  LOSSY_QUALITIES,
  planRenditions,
  settleWish,
  type Wish,
} from '../renditions/rendition.ts';
import { insertRenditions } from '../renditions/rendition-repo.ts';
import { asSentence } from './extraction-failure.ts';
import { setRecordingJob } from './extraction-repo.ts';
import { findOtherBySource } from './source-repo.ts';

const LONGEST_ADDRESS = 2048;

/** An address whose sound someone wants; absent members take the configuration's defaults. */
export interface ExtractionRequest {
  organisationId: string;
  sourceUrl: string;
  title?: string | undefined;
  language?: string | undefined;
  priority?: JobPriority | undefined;
  format?: AudioFormat | undefined;
  quality?: string | undefined;
  visibility?: Visibility | undefined;
  createdBy: string | null;
}

/**
 * Adds a recording and its job in the caller's transaction. Throws `media.address-refused`, `media.wish-refused`,
 * or `media.already-imported` with the first one's id as `recording_id`.
 */
export async function requestExtraction(
  q: Executor,
  context: MediaContext,
  request: ExtractionRequest,
): Promise<{ recording: Recording; jobId: string | null }> {
  const url = acceptAddress(context, request.sourceUrl);
  const wish = acceptWish(context.defaults, request);
  const recording: NewRecording = {
    id: newId(),
    title: titleOf(request.title, url),
    language: request.language ?? null,
    visibility: request.visibility ?? 'private',
    source: 'import',
    sourceUrl: url.href,
    stage: 'fetch',
    wantedFormat: wish.format,
    wantedQuality: wish.quality,
    priority: request.priority ?? 'normal',
    createdBy: request.createdBy,
  };
  // What another address has led to since is known by its own, too.
  if (await findOtherBySource(q, request.organisationId, url.href, null))
    throw await alreadyThere(q, request.organisationId, url.href);
  const queued = await queueNewRecording(q, context, request.organisationId, recording);
  if (queued) return queued;
  throw await alreadyThere(q, request.organisationId, url.href);
}

/** Row, planned renditions and job together; null when the address is already there. */
export async function queueNewRecording(
  q: Executor,
  context: MediaContext,
  organisationId: string,
  wanted: NewRecording,
): Promise<{ recording: Recording; jobId: string | null } | null> {
  if (wanted.original) await takeRoom(q, organisationId, wanted.original.sizeBytes);
  const recording = await insertRecording(q, organisationId, wanted);
  if (!recording) return null;
  const plan = planRenditions(
    { format: wanted.wantedFormat, quality: wanted.wantedQuality },
    context.kernel.config.renditionsAhead,
    context.defaults,
  );
  await insertRenditions(q, organisationId, recording.id, plan, true);
  const jobId = await enqueueExtraction(q, context, recording);
  return { recording: { ...recording, jobId }, jobId };
}

/** Adds the recording's job and notes its id; null when one already waits or runs. */
export async function enqueueExtraction(
  q: Executor,
  { kernel }: MediaContext,
  recording: Pick<Recording, 'organisationId' | 'id' | 'priority'>,
): Promise<string | null> {
  const { organisationId, id } = recording;
  const jobId = await kernel.jobs.enqueue(
    q,
    extractRecordingJob,
    { organisationId, recordingId: id },
    { priority: JOB_PRIORITY[recording.priority], singletonKey: id },
  );
  if (jobId !== null) await setRecordingJob(q, organisationId, id, jobId);
  return jobId;
}

/** The problem that names the recording which holds an address. */
async function alreadyThere(q: Executor, organisationId: string, sourceUrl: string) {
  const first = await findOtherBySource(q, organisationId, sourceUrl, null);
  return alreadyImported('This address has already been imported; use the recording made from it.', {
    members: { recording_id: first?.id ?? null },
  });
}

/** The wish in full, or `media.wish-refused` with the list of what can be had. */
export function acceptWish(
  defaults: Wish,
  asked: { format?: AudioFormat | undefined; quality?: string | undefined },
): Wish {
  const wish = settleWish(asked, defaults);
  if (wish) return wish;
  throw wishRefused(
    `This quality cannot be had. For mp3, aac and opus choose one of ${LOSSY_QUALITIES.join(', ')}; wav and flac are lossless.`,
  );
}

/** The address normalised, or `media.address-refused`; what DNS says is checked when it is fetched. */
function acceptAddress({ guard }: MediaContext, address: string): URL {
  try {
    const url = guard.check(address.trim());
    url.hash = nameInFragment(address.trim());
    if (url.username !== '' || url.password !== '') {
      throw addressRefused(
        'The address carries a user name or password; those would be kept and shown. Give one without.',
      );
    }
    if (url.href.length > LONGEST_ADDRESS) {
      throw addressRefused(`The address is longer than ${LONGEST_ADDRESS} characters.`);
    }
    return url;
  } catch (error) {
    if (error instanceof AddressRefused) throw addressRefused(asSentence(error.message), { cause: error });
    throw error;
  }
}

/** What names an item of a feed; a time to begin at, or words to look for on a page, name no other sound. */
function nameInFragment(address: string): string {
  const { hash } = new URL(address);
  return /^#(?:t=|xywh=|:~:)/.test(hash) ? '' : hash;
}

function titleOf(given: string | undefined, url: URL): string {
  const cleaned = cleanLine(given ?? '');
  return cleaned === '' ? titleOfAddress(url) : cleaned;
}

/** The title of what nobody has named. */
export function titleOfAddress(url: URL): string {
  const filename = filenameFromUrl(url);
  return (filename && titleFromFilename(filename)) || url.host.slice(0, 255);
}
