import { type Actor, may } from '../../kernel/auth/actor.ts';
import type { Visibility } from '../media/public.ts';

/** Sees every débat of the organisation, in lists too. */
export function seesAll(actor: Actor): boolean {
  return may(actor, 'archive.read');
}

/** Public and unlisted débats are anyone's who has the exact id; the rest needs the permission. */
export function mayRead(actor: Actor, debat: { organisationId: string; visibility: Visibility }): boolean {
  if (debat.organisationId !== actor.organisationId) return false;
  return debat.visibility !== 'private' || seesAll(actor);
}
