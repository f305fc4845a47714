export { ApiProblem, type FieldProblem, problemFrom, ServerAway } from './api-problem.ts';
export { addressOf, type Client, type ClientOptions, createClient } from './client.ts';
export type { components, paths } from './contract.generated.ts';
export type { ArgumentsOf, CallOf, PathsOf, ReplyOf, Schema } from './types.ts';
