import type { Tx } from '../../../kernel/db/db.ts';
import { codeOf } from '../../../kernel/reason-of.ts';
import { alreadyImported, recordingNotFound } from '../errors.ts';
import { recordingChanged } from '../events.ts';
import { enqueueExtraction } from '../extraction/request-extraction.ts';
import type { originOf } from '../extraction/request-origin.ts';
import { extractRecordingJob } from '../jobs.ts';
import type { MediaContext } from '../media-context.ts';
import type { Recording } from '../recording.ts';
import { inUse, removeRecording } from './remove-recording.ts';
import { isReferenced, lockAnyRecording, putInTrash, takeFromTrash } from './trash-repo.ts';

const UNIQUE_VIOLATION = '23505';

/** Who asks, for the audit trail; null members when the program does it by itself. */
export interface Remover {
  organisationId: string;
  personId: string | null;
  origin: ReturnType<typeof originOf> | null;
}

/**
 * Puts a recording in the trash: hidden from everyone at once, its files kept, until it is brought back or its time is
 * up. With TRASH_DAYS at 0 it is gone at once. What a débat uses stays: `media.recording-in-use`.
 */
export async function trashRecording(
  tx: Tx,
  context: MediaContext,
  remover: Remover,
  recordingId: string,
): Promise<void> {
  const { kernel } = context;
  const { organisationId, personId } = remover;
  const found = await lockAnyRecording(tx, organisationId, recordingId);
  if (!found || found.isTrashed) throw recordingNotFound();
  if (kernel.config.trashDays === 0) return removeForGood(tx, context, remover, recordingId);
  if (await isReferenced(tx, organisationId, recordingId)) throw inUse();
  await putInTrash(tx, organisationId, recordingId, personId);
  if (found.jobId !== null) await kernel.jobs.cancel(tx, extractRecordingJob, found.jobId);
  await tellOthers(tx, context, remover, recordingId, 'media.recording-trashed');
}

/** Removes a recording with its files, from the trash or past it; nothing brings it back. */
export async function removeForGood(
  tx: Tx,
  context: MediaContext,
  remover: Remover,
  recordingId: string,
): Promise<void> {
  await removeRecording(tx, context, remover.organisationId, recordingId);
  await audit(tx, context, remover, recordingId, 'media.recording-removed');
}

/** Brings a recording back with everything that belonged to it; work that was under way goes on. */
export async function restoreRecording(
  tx: Tx,
  context: MediaContext,
  remover: Remover,
  recordingId: string,
): Promise<Recording> {
  const recording = await takeBack(tx, remover.organisationId, recordingId);
  if (!recording) throw recordingNotFound();
  if (recording.status === 'queued') await enqueueExtraction(tx, context, recording);
  await tellOthers(tx, context, remover, recordingId, 'media.recording-restored');
  return recording;
}

async function takeBack(tx: Tx, organisationId: string, recordingId: string): Promise<Recording | null> {
  try {
    return await takeFromTrash(tx, organisationId, recordingId);
  } catch (error) {
    if (codeOf(error) !== UNIQUE_VIOLATION) throw error;
    throw alreadyImported('Its address has been imported again since; remove that recording first.', {
      cause: error,
    });
  }
}

async function tellOthers(
  tx: Tx,
  context: MediaContext,
  remover: Remover,
  recordingId: string,
  action: string,
): Promise<void> {
  const { organisationId } = remover;
  await context.kernel.events.emit(tx, recordingChanged, { organisationId, recordingId });
  await context.kernel.cache.changed(tx, organisationId);
  await audit(tx, context, remover, recordingId, action);
}

async function audit(
  tx: Tx,
  { kernel, accounts }: MediaContext,
  { organisationId, personId, origin }: Remover,
  recordingId: string,
  action: string,
): Promise<void> {
  const target = { kind: 'recording', id: recordingId };
  await accounts.audit(tx, organisationId, {
    at: new Date(kernel.clock.now()),
    action,
    personId,
    origin,
    target,
  });
}
