import type { Config } from '../../kernel/config/config.ts';
import { REFRESH_LIFE_MS } from './session.ts';

/** Where a browser keeps the refresh token: out of reach of scripts, sent to our API only. */
export const REFRESH_COOKIE = 'antenne_refresh';

/** `SameSite=Strict` keeps other sites from refreshing or signing out in someone's name. */
export function cookieOptions(config: Pick<Config, 'publicUrl'>) {
  return {
    path: '/api',
    httpOnly: true,
    sameSite: 'strict' as const,
    secure: config.publicUrl.startsWith('https:'),
    maxAge: REFRESH_LIFE_MS / 1000,
  };
}
