import { type Actor, isSignedIn, type SignedInActor } from '../../kernel/auth/actor.ts';
import { unauthenticated } from '../../kernel/http/problem.ts';
import type { Origin } from './person.ts';

const MAX_USER_AGENT_CHARS = 400;
const MAX_ADDRESS_CHARS = 64;

/** The signed-in person of a route that lets nobody else in. */
export function actorOf(request: { actor: Actor }): SignedInActor {
  if (!isSignedIn(request.actor)) throw unauthenticated('Sign in first.');
  return request.actor;
}

/** Where the request comes from; behind a proxy, what the trusted one says. */
export function originOf(request: { ip: string; headers: { 'user-agent'?: string } }): Origin {
  const agent = request.headers['user-agent'];
  // What a proxy forwards may be any text.
  const ip = request.ip.slice(0, MAX_ADDRESS_CHARS);
  return { ip, userAgent: agent === undefined ? null : agent.slice(0, MAX_USER_AGENT_CHARS) };
}

/** The window of rows that a page number and size stand for. */
export function pageOf({ page = 1, per_page: perPage = 20 }: { page?: number; per_page?: number }) {
  return { page, perPage, window: { limit: perPage, offset: (page - 1) * perPage } };
}
