import Type from 'typebox';
import type { Tx } from '../../kernel/db/db.ts';
import { defineEvent } from '../../kernel/events/event.ts';
import type { Archive } from './archive.ts';

/**
 * A débat is new, changed or gone: whoever hears looks itself. `recordingIds` are those that were its sound before
 * and after, so that what shares one with it can be looked at too.
 */
export const debatChanged = defineEvent(
  'archive.debat-changed',
  Type.Object({
    organisationId: Type.String(),
    debatId: Type.String(),
    recordingIds: Type.Array(Type.String()),
  }),
);

/** A recording of the seed is there, now or since an earlier time; `transcript` is a file of `seedTranscriptPath`. */
export const sampleBrought = defineEvent(
  'archive.sample-brought',
  Type.Object({
    organisationId: Type.String(),
    recordingId: Type.String(),
    transcript: Type.String(),
    language: Type.String(),
  }),
);

/** Tells it in the transaction of the change. */
export async function tellDebatChanged(
  { events }: Pick<Archive, 'events'>,
  tx: Tx,
  debat: { organisationId: string; id: string },
  ...recordings: (string | null | undefined)[]
): Promise<void> {
  const recordingIds = [...new Set(recordings.filter((id) => id !== null && id !== undefined))];
  const { organisationId, id: debatId } = debat;
  await events.emit(tx, debatChanged, { organisationId, debatId, recordingIds });
}
