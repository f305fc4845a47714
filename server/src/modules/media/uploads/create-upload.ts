import { newId } from '../../../kernel/id.ts';
import { emptyFile, storageFull, tooManyUploads, uploadTooLarge } from '../errors.ts';
import { newFileKey } from '../keeping/file-keys.ts';
import { assertRoom } from '../keeping/quota.ts';
import type { MediaContext } from '../media-context.ts';
import { MOST_OF_ORGANISATION, MOST_OF_PERSON, type ResumableUpload } from './resumable.ts';
import { countUnfinished, insertUpload } from './resumable-repo.ts';
import { readMetadata } from './upload-metadata.ts';

const TRY_AGAIN_SECONDS = '60';

/** Announces a file; its bytes follow in pieces. Throws 4xx for what cannot be taken. */
export async function createUpload(
  context: MediaContext,
  owner: { organisationId: string; personId: string },
  wanted: { sizeBytes: number; metadata: string | undefined },
): Promise<ResumableUpload> {
  const { db, clock, config } = context.kernel;
  const described = readMetadata(wanted.metadata);
  await assertFits(context, wanted.sizeBytes);
  await assertRoom(context.kernel.db.kysely, owner.organisationId, wanted.sizeBytes, { besideComing: true });
  const id = newId();
  const upload = {
    id,
    organisationId: owner.organisationId,
    createdBy: owner.personId,
    sizeBytes: wanted.sizeBytes,
    metadata: wanted.metadata ?? null,
    ...described,
    originalKey: newFileKey(owner.organisationId, id, 'original'),
    expiresAt: new Date(clock.now() + config.uploadExpiryMs),
  };
  await db.transaction(async (tx) => {
    const { ofPerson, ofOrganisation } = await countUnfinished(tx, owner.organisationId, owner.personId);
    if (ofPerson >= MOST_OF_PERSON || ofOrganisation >= MOST_OF_ORGANISATION) {
      throw tooManyUploads(
        'There are too many unfinished uploads; finish or remove some, or wait until they expire.',
        { headers: { 'retry-after': TRY_AGAIN_SECONDS } },
      );
    }
    await insertUpload(tx, owner.organisationId, upload, new Date(clock.now()));
  });
  return { ...upload, offsetBytes: 0, completedAt: null };
}

async function assertFits({ kernel }: MediaContext, sizeBytes: number): Promise<void> {
  const { uploadMaxBytes } = kernel.config;
  if (sizeBytes === 0) throw emptyFile('The file has no bytes; choose another one.');
  if (sizeBytes > uploadMaxBytes) {
    throw uploadTooLarge(`Files of up to ${uploadMaxBytes} bytes are taken here; this one has ${sizeBytes}.`);
  }
  if (sizeBytes > (await kernel.storage.freeBytes())) {
    throw storageFull('There is no room for a file of this size; tell the administrator.');
  }
}
