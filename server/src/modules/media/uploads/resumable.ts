/** A file on its way in pieces; the recording made of it has the same id. Sizes are in bytes. */
export interface ResumableUpload {
  id: string;
  organisationId: string;
  createdBy: string;
  sizeBytes: number;
  /** How many are safe on the disk. */
  offsetBytes: number;
  /** Upload-Metadata as it came. */
  metadata: string | null;
  filename: string | null;
  title: string | null;
  language: string | null;
  /** Where the whole file lies, or will. */
  originalKey: string;
  expiresAt: Date;
  /** When it became a recording. */
  completedAt: Date | null;
}

/** How far an upload is. */
export interface Progress {
  offsetBytes: number;
  expiresAt: Date;
  /** Set once the recording is there. */
  recordingId: string | null;
}

/** Unfinished uploads of one person, and of everyone in an organisation: a queue has few at once, a fault many. */
export const MOST_OF_PERSON = 200;
/** See {@link MOST_OF_PERSON}. */
export const MOST_OF_ORGANISATION = 2_000;

/** A writer says so often that it is still there, and before it goes on after a longer silence. */
export const RENEW_MS = 2_000;
/** After such a silence another may take its place: a connection that died without a word locks nobody out. */
export const LEASE_MS = 10_000;

/** Bytes between two syncs of a fast writer: what a crash may cost it. */
export const SYNC_BYTES = 32 * 1024 * 1024;

/** True when all bytes are here, whether or not they are a recording yet. */
export function isWhole(upload: Pick<ResumableUpload, 'sizeBytes' | 'offsetBytes'>): boolean {
  return upload.offsetBytes === upload.sizeBytes;
}
