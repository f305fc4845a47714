import { type Actor, isSignedIn, type SignedInActor } from '../auth/actor.ts';
import { unauthenticated } from './problem.ts';

/** The person behind a request to a route that lets nobody else in; the route's access has already said so. */
export function signedInActor(request: { actor: Actor }): SignedInActor {
  if (!isSignedIn(request.actor)) throw unauthenticated('Sign in first.');
  return request.actor;
}
