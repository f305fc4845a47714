import { type Actor, may } from '../../kernel/auth/actor.ts';
import type { Recording } from './recording.ts';

/** Sees every recording of the organisation, unfinished ones too, with the fields for insiders. */
export function maySeeAll(actor: Actor): boolean {
  return may(actor, 'media.read');
}

/** Public and unlisted recordings are anyone's who has the exact id; the rest needs the permission. */
export function mayRead(actor: Actor, recording: Pick<Recording, 'organisationId' | 'visibility'>): boolean {
  if (recording.organisationId !== actor.organisationId) return false;
  return maySeeAll(actor) || recording.visibility !== 'private';
}
