import fastJsonStringify, { type Options, type Schema } from 'fast-json-stringify';

type Serializer = (value: unknown) => string;
type SharedSchemas = Readonly<Record<string, Schema>>;

/**
 * Makes the serialisers of replies as Fastify does, each of them once and with those shared schemas only that it
 * refers to. Fastify's own way makes one for each status of each route, and has all shared schemas checked for each:
 * most of the time that a start took.
 */
export function serializersOf(shared: unknown, options?: Options) {
  const known = new Map<string, Serializer>();
  return ({ schema }: { schema?: unknown }): Serializer => {
    const key = JSON.stringify(schema);
    const serializer =
      known.get(key) ?? fastJsonStringify(schema as Schema, { ...options, schema: usedBy(schema, shared) });
    known.set(key, serializer);
    return serializer;
  };
}

/** The shared schemas that this one refers to, and those that they refer to. */
function usedBy(schema: unknown, shared: unknown): Record<string, Schema> {
  const all = shared as SharedSchemas;
  const used: Record<string, Schema> = {};
  const look = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return;
    for (const [name, value] of Object.entries(part)) {
      if (name !== '$ref' || typeof value !== 'string') {
        look(value);
        continue;
      }
      const id = value.split('#')[0] ?? '';
      const target = all[id];
      if (target === undefined || used[id] !== undefined) continue;
      used[id] = target;
      look(target);
    }
  };
  look(schema);
  return used;
}
