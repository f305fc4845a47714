import type { MediaContext } from '../media-context.ts';
import { makeSignature } from './signature.ts';

const DEFAULT_SECONDS = 6 * 3600;

/** An address to be opened without a token; `path` is any path that takes a recording's signature. */
export interface AddressToSign {
  recordingId: string;
  /** Root-relative, without a query. */
  path: string;
  query?: Record<string, string | undefined>;
  expiresInSeconds?: number | undefined;
}

/** Root-relative, so that it is good under every host name of the installation; `expires` in Unix seconds. */
export interface SignedAddress {
  url: string;
  expires: number;
}

/** Signs an address: `sig` is hex HMAC-SHA256 of `recordingId|expires` under SIGNING_KEY. */
export function signAddress({ kernel }: MediaContext, address: AddressToSign): SignedAddress {
  const expires = Math.floor(kernel.clock.now() / 1000) + (address.expiresInSeconds ?? DEFAULT_SECONDS);
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(address.query ?? {})) {
    if (value !== undefined) query.set(name, value);
  }
  query.set('expires', String(expires));
  query.set('sig', makeSignature(kernel.config.signingKey, address.recordingId, expires));
  return { url: `${address.path}?${query}`, expires };
}
