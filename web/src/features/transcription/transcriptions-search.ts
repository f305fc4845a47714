import type { TranscriptionState } from './transcription.ts';

/** The states that the room can be narrowed to. */
export const roomStates = ['queued', 'processing', 'done', 'error'] as const satisfies TranscriptionState[];

/** What the room shows, as its address says. */
export interface TranscriptionsSearch {
  status?: TranscriptionState;
  page?: number;
}

/** Reads an address; what it does not know it leaves out. */
export function readTranscriptionsSearch(search: Record<string, unknown>): TranscriptionsSearch {
  const status = roomStates.find((known) => known === search.status);
  const page = Number(search.page);
  return {
    ...(status === undefined ? {} : { status }),
    ...(Number.isInteger(page) && page > 1 ? { page } : {}),
  };
}
