import type { FastifyReply } from 'fastify';

/** Says that the reply depends on these headers of the request, beside those that it depends on already. */
export function varyBy(reply: FastifyReply, names: readonly string[]): void {
  const before = reply.getHeader('vary');
  const known = typeof before === 'string' && before !== '' ? before.split(/\s*,\s*/) : [];
  const isKnown = (name: string) => known.some((each) => each.toLowerCase() === name);
  reply.header('vary', [...known, ...names.filter((name) => !isKnown(name))].join(', '));
}
