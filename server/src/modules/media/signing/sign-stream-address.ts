import type { MediaContext } from '../media-context.ts';
import { signStream } from '../streaming/stream-signature.ts';
import type { SignedAddress } from './sign-address.ts';
import { INSTALLATION_KID } from './signing-keys.ts';

/** A file to be opened at `/stream`; `name` is a rendition's file name or a recording's id. */
export interface StreamToSign {
  name: string;
  expiresInSeconds: number;
  ip?: string | undefined;
  user?: string | undefined;
}

/** Signs with the organisation's current key; null when it has none. */
export async function signStreamAddress(
  { kernel, keys }: MediaContext,
  organisationId: string,
  { name, expiresInSeconds, ip, user }: StreamToSign,
): Promise<SignedAddress | null> {
  const [current] = await keys.of(organisationId);
  if (!current) return null;
  const expires = Math.floor(kernel.clock.now() / 1000) + expiresInSeconds;
  const query = new URLSearchParams({ expires: String(expires) });
  query.set('sig', signStream(current.secret, { name, expires: String(expires), ip, user }));
  if (current.kid !== INSTALLATION_KID) query.set('kid', current.kid);
  if (ip !== undefined) query.set('ip', ip);
  if (user !== undefined) query.set('user', user);
  return { url: `/stream/${encodeURIComponent(name)}?${query}`, expires };
}
