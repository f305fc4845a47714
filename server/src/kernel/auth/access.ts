/**
 * Each route says who may call it, in `config.access`:
 * - `open`: anyone; what they see is decided per item by the module's policy, and a wrong token is still refused;
 * - `door`: anyone, whatever token they carry: the ways to get a new one;
 * - `signed-in`: any person with a valid token;
 * - a permission: people whose role holds it.
 * A route without it refuses to register.
 */
export type Access =
  | { kind: 'open' | 'door'; why: string }
  | { kind: 'signed-in' }
  | { kind: 'permission'; permission: string };

/** Anyone may call; `why` says what protects the data behind it. */
export const open = (why: string): Access => ({ kind: 'open', why });
/** Anyone may call, and a token that is late or revoked is not looked at; `why` says what is checked instead. */
export const door = (why: string): Access => ({ kind: 'door', why });
/** Any person with a valid token. */
export const signedIn: Access = { kind: 'signed-in' };
/** People whose role holds the permission. */
export const needs = (permission: string): Access => ({ kind: 'permission', permission });

/** Which budget a route's requests count against (see `kernel/http/limits.ts`). */
export type Budget = 'api' | 'sound' | 'strict' | 'none';
