import type { Actor, SignedInActor } from '../../kernel/auth/actor.ts';
import { validationFailed } from '../../kernel/http/problem.ts';
import { beyondOneself, notOneself } from './errors.ts';
import { covers, permissionsOf, type Role } from './permissions.ts';
import { type Person, permissionsOfPerson } from './person.ts';

/** The role that a body asks for: `role`, or `is_admin` as older clients say it. Undefined when it says neither. */
export function roleAsked(body: { role?: Role; is_admin?: boolean }): Role | undefined {
  const { role, is_admin: isAdmin } = body;
  if (isAdmin === undefined) return role;
  if (role === undefined) return isAdmin ? 'administrator' : 'member';
  if ((role === 'administrator') === isAdmin) return role;
  const message = `says ${isAdmin}, and role says ${role}`;
  throw validationFailed('is_admin and role contradict each other; send one of them.', {
    errors: [{ field: 'is_admin', message }],
  });
}

/** Nobody gives a role that holds more than they do. */
export function refuseGranting(actor: Actor, role: Role): void {
  if (covers(actor.permissions, permissionsOf(role, false))) return;
  throw beyondOneself(`The role ${role} holds permissions that you do not hold, so you cannot give it.`);
}

/** Nobody changes, disables or takes over someone who holds more than they do. */
export function refuseManaging(actor: Actor, target: Person): void {
  if (covers(actor.permissions, permissionsOfPerson(target))) return;
  throw beyondOneself(
    `${target.username} holds permissions that you do not hold, so you cannot change this person.`,
  );
}

/** What one would do to oneself by accident only; `sentence` says what to do instead. */
export function refuseOnOneself(actor: SignedInActor, personId: string, sentence: string): void {
  if (actor.personId === personId) throw notOneself(sentence);
}
