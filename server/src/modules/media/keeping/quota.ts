import type { Executor, Tx } from '../../../kernel/db/db.ts';
import type { Draft } from '../../../kernel/storage/storage.ts';
import { quotaExceeded } from '../errors.ts';
import { sumUnfinishedBytes } from '../uploads/resumable-repo.ts';
import { lockUsage, readQuota, readUsage } from './usage-repo.ts';

/** What is left of an organisation's quota; null when it has none. */
export interface QuotaRoom {
  quotaBytes: number;
  usedBytes: number;
}

/**
 * Refuses at the door what does not fit any more. What passes may still meet {@link takeRoom} at its end: only there it
 * is certain, since others may have been quicker. `besideComing` counts uploads in pieces with all that was announced.
 */
export async function assertRoom(
  q: Executor,
  organisationId: string,
  neededBytes: number,
  { besideComing = false } = {},
): Promise<QuotaRoom | null> {
  const quotaBytes = await readQuota(q, organisationId);
  if (quotaBytes === null) return null;
  const room = { quotaBytes, usedBytes: await usedBytes(q, organisationId) };
  const coming = besideComing ? await sumUnfinishedBytes(q, organisationId) : 0;
  refuseBeyond({ quotaBytes, usedBytes: room.usedBytes + coming }, neededBytes);
  return room;
}

/** Takes so much of the quota in the transaction that adds the file; one after the other, whoever asks. */
export async function takeRoom(tx: Executor, organisationId: string, addedBytes: number): Promise<void> {
  const quotaBytes = await readQuota(tx, organisationId);
  if (quotaBytes === null) return;
  await lockUsage(tx, organisationId);
  refuseBeyond({ quotaBytes, usedBytes: await usedBytes(tx, organisationId) }, addedBytes);
}

/** Throws `media.quota-exceeded` when the bytes do not fit. */
export function refuseBeyond({ quotaBytes, usedBytes: used }: QuotaRoom, neededBytes: number): void {
  if (used + neededBytes <= quotaBytes) return;
  throw quotaExceeded(
    `This would take ${readable(neededBytes)}, and of ${readable(quotaBytes)} that your organisation may keep, ${readable(Math.max(0, quotaBytes - used))} are left. Remove recordings for good (the trash counts), or ask the administrator of the installation for more.`,
    { members: { quota_bytes: quotaBytes, used_bytes: used, needed_bytes: neededBytes } },
  );
}

/** A draft that ends with `media.quota-exceeded` at the byte that is too much, rather than after the last one. */
export function draftWithin(room: QuotaRoom | null, draft: Draft): Draft {
  if (room === null) return draft;
  const write = async (chunk: Uint8Array): Promise<void> => {
    refuseBeyond(room, draft.bytesWritten + chunk.byteLength);
    await draft.write(chunk);
  };
  return {
    get path() {
      return draft.path;
    },
    get writable() {
      return draft.writable;
    },
    get bytesWritten() {
      return draft.bytesWritten;
    },
    write,
    restart: () => draft.restart(),
    commit: (key) => draft.commit(key),
    abandon: () => draft.abandon(),
  };
}

async function usedBytes(q: Executor | Tx, organisationId: string): Promise<number> {
  const { originalsBytes, renditionsBytes } = await readUsage(q, organisationId);
  return originalsBytes + renditionsBytes;
}

/** In the units that file managers show. */
function readable(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let [value, unit] = [bytes, 0];
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1000;
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
