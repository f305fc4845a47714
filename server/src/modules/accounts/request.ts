import type { Origin } from './person.ts';

const MAX_USER_AGENT_CHARS = 400;
const MAX_ADDRESS_CHARS = 64;

/** Where the request comes from; behind a proxy, what the trusted one says. */
export function originOf(request: { ip: string; headers: { 'user-agent'?: string } }): Origin {
  const agent = request.headers['user-agent'];
  // What a proxy forwards may be any text.
  const ip = request.ip.slice(0, MAX_ADDRESS_CHARS);
  return { ip, userAgent: agent === undefined ? null : agent.slice(0, MAX_USER_AGENT_CHARS) };
}
