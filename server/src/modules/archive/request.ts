import type { IncomingHttpHeaders } from 'node:http';
import { type Actor, isSignedIn, type SignedInActor } from '../../kernel/auth/actor.ts';
import { unauthenticated } from '../../kernel/http/problem.ts';
import type { Visitor } from './visits.ts';

/** The person behind a request to a route that needs one; the route's access has already said so. */
export function personOf(request: { actor: Actor }): SignedInActor {
  if (!isSignedIn(request.actor)) throw unauthenticated('Sign in first.');
  return request.actor;
}

/** Who is listening, for the counters. */
export function visitorOf(request: { actor: Actor; ip: string; headers: IncomingHttpHeaders }): Visitor {
  const { actor, ip, headers } = request;
  return { personId: actor.personId, ip, userAgent: headers['user-agent'] ?? '' };
}
