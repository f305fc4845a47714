import { newId } from '../../../kernel/id.ts';
import { uploadBusy, uploadExpired, uploadNotFound, wrongOffset } from '../errors.ts';
import type { MediaContext } from '../media-context.ts';
import { isWhole, RENEW_MS, type ResumableUpload } from './resumable.ts';
import { claimUpload, findUpload, releaseWriter, renewWriter, type UploadRef } from './resumable-repo.ts';

/** Thrown where a writer finds that it is the writer no more. */
export class HoldLost extends Error {
  constructor() {
    super('another request writes this upload now, or it was ended');
    this.name = 'HoldLost';
  }
}

/** The right to write one upload: the only one, among all processes. */
export interface Hold {
  readonly upload: ResumableUpload;
  readonly writerId: string;
  /** Aborts when the upload is given up or this process stops; the reason tells which. */
  readonly signal: AbortSignal;
  /** When the upload expires unless more comes. */
  readonly expiresAt: Date;
  /** Notes how much is safe, and that the writer is there. Throws HoldLost. */
  renew(offsetBytes: number): Promise<void>;
  /** True when it is time to renew: before another byte is written, since someone may have taken over meanwhile. */
  isDue(): boolean;
  release(): Promise<void>;
}

/** The uploads that this process writes, so that they can be stopped at once. */
export type UploadHolds = Map<string, AbortController>;

/** Becomes the writer at this offset. Throws the problem that says why not. */
export async function holdUpload(
  context: MediaContext,
  upload: ResumableUpload,
  offsetBytes: number,
): Promise<Hold> {
  const writerId = newId();
  const { db } = context.kernel;
  const claimed = await claimUpload(db.kysely, upload, writerId, offsetBytes);
  if (!claimed) throw await whyNot(context, upload, offsetBytes);
  return openHold(context, claimed, writerId);
}

function openHold(context: MediaContext, upload: ResumableUpload, writerId: string): Hold {
  const { db, clock, config } = context.kernel;
  const stopping = new AbortController();
  context.holds.set(upload.id, stopping);
  let renewedAt = performance.now();
  let expiresAt = upload.expiresAt;

  async function renew(offsetBytes: number): Promise<void> {
    const asked = performance.now();
    expiresAt = new Date(clock.now() + config.uploadExpiryMs);
    if (!(await renewWriter(db.kysely, upload, writerId, { offsetBytes, expiresAt }))) throw new HoldLost();
    renewedAt = asked;
  }

  return {
    upload,
    writerId,
    signal: stopping.signal,
    get expiresAt() {
      return expiresAt;
    },
    renew,
    isDue: () => performance.now() - renewedAt > RENEW_MS,
    release: async () => {
      if (context.holds.get(upload.id) === stopping) context.holds.delete(upload.id);
      // The lease ends by itself when the database is away.
      await releaseWriter(db.kysely, upload, writerId).catch((error) =>
        context.log.warn({ err: error }, 'an upload was not released'),
      );
    },
  };
}

async function whyNot({ kernel }: MediaContext, ref: UploadRef, offsetBytes: number) {
  const upload = await findUpload(kernel.db.kysely, ref);
  if (!upload) return uploadNotFound();
  if (upload.completedAt === null && !upload.isFree) {
    return uploadBusy(
      isWhole(upload)
        ? 'The last bytes have arrived and the recording is being made of them; ask again in a moment.'
        : 'Another request is writing this upload; ask again in a moment.',
      { headers: { 'retry-after': '2' } },
    );
  }
  return wrongOffset(
    `The upload stands at ${upload.offsetBytes} bytes, not at ${offsetBytes}; go on from there.`,
    { headers: { 'upload-offset': String(upload.offsetBytes) } },
  );
}

/** The person's own unfinished or finished upload; anyone else's does not exist for them. */
export async function findOwnUpload(
  { kernel }: MediaContext,
  owner: { organisationId: string; personId: string | null },
  id: string,
) {
  const upload = await findUpload(kernel.db.kysely, { organisationId: owner.organisationId, id });
  if (!upload || upload.createdBy !== owner.personId) throw uploadNotFound();
  if (upload.expiresAt.getTime() < kernel.clock.now()) {
    throw uploadExpired('The time for this upload is over; begin it again.');
  }
  return upload;
}
