import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { AddressRefused } from './errors.ts';
import { isPublicAddress } from './public-address.ts';

/** One resolved address, in the shape that `net.connect` takes from a look-up. */
export interface ResolvedAddress {
  address: string;
  family: number;
}

/** Decides where this program may connect to on somebody else's word. */
export interface AddressGuard {
  /** Parses and normalises; throws AddressRefused for what is no http(s) address or a private literal. */
  check(address: string, base?: URL): URL;
  /**
   * The addresses behind a URL's host, resolved now. The caller must connect to one of exactly these: asking
   * DNS again is how rebinding works. Throws AddressRefused when one of them is not public.
   */
  resolve(hostname: string, port: string, protocol: string): Promise<ResolvedAddress[]>;
}

const defaultPorts: Record<string, string> = { 'http:': '80', 'https:': '443' };

/** `allowedHosts` are hosts or host:port as people write them in addresses; those may be private. */
export function createAddressGuard(allowedHosts: readonly string[]): AddressGuard {
  const allowed = new Set(allowedHosts.map(normaliseEntry));

  function isAllowed(hostname: string, port: string, protocol: string): boolean {
    const bare = hostname.replace(/^\[|\]$/g, '');
    return allowed.has(bare) || allowed.has(`${bare}|${port || defaultPorts[protocol]}`);
  }

  function check(address: string, base?: URL): URL {
    if (!URL.canParse(address, base?.href))
      throw new AddressRefused('invalid', '', 'This is not a web address');
    const url = new URL(address, base);
    if (!(url.protocol in defaultPorts)) {
      throw new AddressRefused('scheme', url.host, 'Only http and https addresses can be fetched');
    }
    url.hash = '';
    // WHATWG parsing has already turned 0x7f.1, 2130706433 and 0177.0.0.1 into 127.0.0.1.
    const bare = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(bare) && !isPublicAddress(bare) && !isAllowed(bare, url.port, url.protocol))
      throw refused(url.hostname);
    return url;
  }

  async function resolve(hostname: string, port: string, protocol: string): Promise<ResolvedAddress[]> {
    const bare = hostname.replace(/^\[|\]$/g, '');
    const family = isIP(bare);
    const found = family ? [{ address: bare, family }] : await lookup(bare, { all: true });
    if (isAllowed(bare, port, protocol)) return found;
    // One private address among public ones is a trick or a mistake; neither deserves a connection.
    if (found.length === 0 || !found.every(({ address }) => isPublicAddress(address)))
      throw refused(hostname);
    return found;
  }

  return { check, resolve };
}

function refused(host: string): AddressRefused {
  return new AddressRefused(
    'private',
    host,
    'This address belongs to a private network and may not be fetched',
  );
}

/** `host` or `host|port`, spelt as the URL parser spells hosts. */
function normaliseEntry(entry: string): string {
  const bracketed = isIP(entry.trim()) === 6 ? `[${entry.trim()}]` : entry.trim();
  const written = `http://${bracketed}`;
  if (!URL.canParse(written)) throw new TypeError(`Not a host: ${entry}`);
  const { hostname } = new URL(written);
  const bare = hostname.replace(/^\[|\]$/g, '');
  // The URL parser drops the default port, which the writer may have meant.
  const port = /:(\d+)$/.exec(bracketed.replace(/^\[[^\]]*\]/, ''))?.[1];
  return port === undefined ? bare : `${bare}|${Number(port)}`;
}
