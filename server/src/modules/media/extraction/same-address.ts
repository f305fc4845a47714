const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** True when two texts name the same network address, however they are written. */
export function sameAddress(a: string, b: string): boolean {
  return canonical(a) === canonical(b);
}

/** Browsers' rules for hosts shorten and lower IPv6; what is no address stays as it is. */
function canonical(address: string): string {
  const text = address.trim();
  const mapped = MAPPED.exec(text)?.[1];
  if (mapped !== undefined) return mapped;
  return URL.parse(`http://[${text}]/`)?.hostname ?? text;
}
