import { newId } from '../../../kernel/id.ts';

/** Everything of this module in the storage lies below this; the sweep looks nowhere else. */
export const KEY_PREFIX = 'recordings/';

/**
 * A storage key that was never used before. A run that lost its recording to another may still be writing, so
 * two runs must never share a name; what no row refers to is swept.
 */
export function newFileKey(organisationId: string, recordingId: string, name: string): string {
  return `${KEY_PREFIX}${organisationId}/${recordingId}/${newId()}-${name}`.toLowerCase();
}
