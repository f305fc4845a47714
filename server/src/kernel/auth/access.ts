/**
 * Each route says who may call it, in `config.access`:
 * - `open`: anyone; what they see is decided per item by the module's policy;
 * - `signed-in`: any person with a valid token;
 * - a permission: people whose role holds it.
 * A route without it refuses to register.
 */
export type Access =
  | { kind: 'open'; why: string }
  | { kind: 'signed-in' }
  | { kind: 'permission'; permission: string };

/** Anyone may call; `why` says what protects the data behind it. */
export const open = (why: string): Access => ({ kind: 'open', why });
export const signedIn: Access = { kind: 'signed-in' };
export const needs = (permission: string): Access => ({ kind: 'permission', permission });

/** Which budget a route's requests count against (see `kernel/http/limits.ts`). */
export type Budget = 'api' | 'sound' | 'strict' | 'none';
