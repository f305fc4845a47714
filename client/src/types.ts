import type { components, paths } from './contract.generated.ts';

/** A named shape of the contract: `Schema<'Debat'>`. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Every path of the contract that answers the method. */
export type PathsOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, { responses: unknown }> ? P : never;
}[keyof paths];

type Operation<P extends keyof paths, M extends Method> = paths[P] extends Record<M, infer O> ? O : never;

type ContentOf<R> = R extends { content: { 'application/json': infer T } } ? T : undefined;

/** What the operation answers when it succeeds (2xx), `undefined` for an empty answer. */
export type ReplyOf<P extends keyof paths, M extends Method> =
  Operation<P, M> extends { responses: infer R }
    ? { [S in keyof R]: S extends 200 | 201 | 202 | 204 ? ContentOf<R[S]> : never }[keyof R]
    : never;

type PathValuesOf<O> = O extends { parameters: { path: infer V } } ? { path: V } : { path?: never };

type QueryOf<O> = O extends { parameters: { query?: infer Q } } ? { query?: Q } : { query?: never };

type BodyOf<O> = O extends { requestBody: { content: { 'application/json': infer B } } }
  ? { body: B }
  : O extends { requestBody?: { content: { 'application/json': infer B } } }
    ? { body?: B }
    : { body?: unknown };

/** What a call needs: values of the path, query, body, and the signal that ends it. */
export type CallOf<P extends keyof paths, M extends Method> = PathValuesOf<Operation<P, M>> &
  QueryOf<Operation<P, M>> &
  BodyOf<Operation<P, M>> & { signal?: AbortSignal; headers?: Record<string, string> };

/** The call's argument, left out when nothing in it is required. */
export type ArgumentsOf<P extends keyof paths, M extends Method> =
  Record<string, never> extends CallOf<P, M> ? [call?: CallOf<P, M>] : [call: CallOf<P, M>];
