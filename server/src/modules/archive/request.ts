import type { IncomingHttpHeaders } from 'node:http';
import type { Actor } from '../../kernel/auth/actor.ts';
import type { Visitor } from './visits.ts';

/** Who is listening, for the counters. */
export function visitorOf(request: { actor: Actor; ip: string; headers: IncomingHttpHeaders }): Visitor {
  const { actor, ip, headers } = request;
  return { personId: actor.personId, ip, userAgent: headers['user-agent'] ?? '' };
}
