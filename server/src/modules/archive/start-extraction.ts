import type { SignedInActor } from '../../kernel/auth/actor.ts';
import type { Tx } from '../../kernel/db/db.ts';
import { Problem } from '../../kernel/http/problem.ts';
import { isId } from '../../kernel/id.ts';
import { type Archive, now } from './archive.ts';
import { attachRecording } from './attach-recording.ts';
import { fitsWish } from './audio-file.ts';
import { audioFilesOf } from './audio-file-repo.ts';
import type { Debat } from './debat.ts';
import { type DebatColumns, lockDebat, updateDebat } from './debat-repo.ts';
import { alreadyAvailable, debatNotFound, noSource } from './errors.ts';
import { tellDebatChanged } from './events.ts';
import type { ExtractBody } from './schemas.ts';
import { settleSound } from './settle-sound.ts';

/**
 * Asks for a débat's sound. One that is under way is left to go on, a failed one is tried again, and sound that
 * is there may be asked for in another format or quality.
 */
export async function startExtraction(
  archive: Archive,
  actor: SignedInActor,
  id: string,
  wish: ExtractBody,
): Promise<void> {
  if (!isId(id)) throw debatNotFound();
  const { organisationId } = actor;
  const recordingId = await archive.db.transaction(async (tx) => {
    const debat = await lockDebat(tx, organisationId, id);
    if (!debat) throw debatNotFound();
    return debat.recordingId === null
      ? fetchFirst(archive, tx, actor, debat, wish)
      : goOn(archive, tx, actor, debat, debat.recordingId, wish);
  });
  await settleSound(archive, organisationId, recordingId);
  archive.totals.forget(organisationId);
}

async function fetchFirst(
  archive: Archive,
  tx: Tx,
  actor: SignedInActor,
  debat: Debat,
  wish: ExtractBody,
): Promise<string> {
  if (debat.sourceUrl === null) {
    throw noSource('This débat has no source address to extract from: give it one, or a recording, first.');
  }
  const columns = await requestOrReuse(archive, tx, actor, debat, debat.sourceUrl, wish);
  await updateDebat(tx, debat.organisationId, debat.id, columns, now(archive));
  await tellDebatChanged(archive, tx, debat, debat.recordingId, columns.recording_id);
  return columns.recording_id;
}

/** The same address may have been imported by itself before: its recording then serves the débat too. */
async function requestOrReuse(
  { media }: Archive,
  tx: Tx,
  actor: SignedInActor,
  debat: Debat,
  sourceUrl: string,
  wish: ExtractBody,
): Promise<DebatColumns & { recording_id: string }> {
  const { organisationId, title, visibility } = debat;
  try {
    const { recordingId } = await media.requestExtraction(tx, {
      organisationId,
      sourceUrl,
      title,
      visibility,
      priority: wish.priority,
      format: wish.format,
      quality: wish.quality,
      createdBy: actor.personId,
    });
    return { recording_id: recordingId, owns_recording: true, has_audio: false, status: 'extraction' };
  } catch (error) {
    const existing = importedBefore(error);
    if (existing === null) throw error;
    const attaching = { visibility, duration_minutes: debat.durationMinutes };
    const columns = await attachRecording(media, tx, organisationId, attaching, existing, undefined);
    return { ...columns, recording_id: existing };
  }
}

function importedBefore(error: unknown): string | null {
  if (!(error instanceof Problem) || error.code !== 'media.already-imported') return null;
  const { recording_id: recordingId } = error.members;
  return typeof recordingId === 'string' ? recordingId : null;
}

async function goOn(
  archive: Archive,
  tx: Tx,
  actor: SignedInActor,
  debat: Debat,
  recordingId: string,
  wish: ExtractBody,
): Promise<string> {
  const { media } = archive;
  const { organisationId } = debat;
  const recording = await media.getRecording(tx, organisationId, recordingId);
  if (!recording) throw debatNotFound();
  if (recording.status === 'error') {
    if (isFromElsewhere(debat, recording)) return replace(archive, tx, actor, debat, recordingId, wish);
    await media.retry(tx, organisationId, recordingId);
  }
  if (recording.status === 'ready') await addRendition(archive, tx, debat, recordingId, wish);
  return recordingId;
}

/** The source address was corrected after its extraction failed: trying the old one again would help nobody. */
function isFromElsewhere(debat: Debat, recording: { sourceUrl: string | null }): boolean {
  if (!debat.ownsRecording || debat.sourceUrl === null) return false;
  return new URL(debat.sourceUrl).href !== recording.sourceUrl;
}

async function replace(
  archive: Archive,
  tx: Tx,
  actor: SignedInActor,
  debat: Debat,
  failedId: string,
  wish: ExtractBody,
): Promise<string> {
  const recordingId = await fetchFirst(archive, tx, actor, debat, wish);
  await archive.media.removeRecording(tx, debat.organisationId, failedId);
  return recordingId;
}

async function addRendition(
  { media }: Archive,
  tx: Tx,
  debat: Debat,
  recordingId: string,
  wish: ExtractBody,
): Promise<void> {
  const files = await audioFilesOf(tx, debat.organisationId, recordingId);
  const plain = files.filter(({ normalised }) => normalised === null);
  if (plain.some((file) => file.status !== 'error' && fitsWish(file, wish))) {
    throw alreadyAvailable(
      'The sound of this débat is there already; name another format or quality to have it so too.',
    );
  }
  await media.requestRendition(tx, debat.organisationId, recordingId, wish);
}
