import { analyseRecordingJob, makeRenditionJob, removeFilesJob } from '../jobs.ts';
import type { MediaContext } from '../media-context.ts';
import { deleteAnalysis, forgetRenditionFile, type NamedFile } from './check-repo.ts';

/** Has a lost or damaged file made again from the original, by a worker; false where that cannot be. */
export async function repairFile(context: MediaContext, file: NamedFile): Promise<boolean> {
  const { kind, renditionId } = file;
  if (kind === 'rendition' && renditionId !== null) return remakeRendition(context, file, renditionId);
  if (kind !== 'analysis' && kind !== 'spectrogram' && kind !== 'cover') return false;
  return measureAgain(context, file);
}

async function measureAgain(
  { kernel }: MediaContext,
  { organisationId, recordingId }: NamedFile,
): Promise<boolean> {
  return kernel.db.transaction(async (tx) => {
    const keys = await deleteAnalysis(tx, organisationId, recordingId);
    const payload = { organisationId, recordingId };
    await kernel.jobs.enqueue(tx, analyseRecordingJob, payload, { singletonKey: recordingId });
    if (keys.length > 0) await kernel.jobs.enqueue(tx, removeFilesJob, { keys });
    await kernel.cache.changed(tx, organisationId);
    return true;
  });
}

/** The rendition waits, its job and the removal of what is left of the file are queued: all or none. */
async function remakeRendition(
  { kernel }: MediaContext,
  { organisationId, key }: NamedFile,
  renditionId: string,
): Promise<boolean> {
  return kernel.db.transaction(async (tx) => {
    if (!(await forgetRenditionFile(tx, organisationId, renditionId, key))) return false;
    const payload = { organisationId, renditionId };
    await kernel.jobs.enqueue(tx, makeRenditionJob, payload, { singletonKey: renditionId });
    await kernel.jobs.enqueue(tx, removeFilesJob, { keys: [key] });
    await kernel.cache.changed(tx, organisationId);
    return true;
  });
}
