import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { AddressRefused } from './errors.ts';
import { isFetchablePort } from './fetchable-port.ts';
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

/**
 * `allowedHosts` may be private: hosts or host:port as people write them in addresses, and ranges
 * (`10.1.0.0/16`), which allow every name that leads into them.
 */
export function createAddressGuard(allowedHosts: readonly string[]): AddressGuard {
  const allowed = new Set(allowedHosts.filter((entry) => !entry.includes('/')).map(normaliseEntry));
  const ranges = parseRanges(allowedHosts.filter((entry) => entry.includes('/')));
  const mayReach = (address: string) =>
    isPublicAddress(address) || ranges.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

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
    if (isAllowed(bare, url.port, url.protocol)) return url;
    if (isIP(bare) && !mayReach(bare)) throw refused(url.hostname);
    if (!isFetchablePort(url.port)) {
      throw new AddressRefused('port', url.host, `Nothing is fetched from port ${url.port}`);
    }
    return url;
  }

  async function resolve(hostname: string, port: string, protocol: string): Promise<ResolvedAddress[]> {
    const bare = hostname.replace(/^\[|\]$/g, '');
    const family = isIP(bare);
    const found = family ? [{ address: bare, family }] : await lookup(bare, { all: true });
    if (isAllowed(bare, port, protocol)) return found;
    // One private address among public ones is a trick or a mistake; neither deserves a connection.
    if (found.length === 0 || !found.every(({ address }) => mayReach(address))) throw refused(hostname);
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

function parseRanges(entries: string[]): BlockList {
  const ranges = new BlockList();
  for (const entry of entries) {
    const [network = '', prefix = ''] = entry.trim().split('/');
    const family = isIP(network);
    if (family === 0 || !/^\d{1,3}$/.test(prefix) || Number(prefix) > (family === 6 ? 128 : 32)) {
      throw new TypeError(`Not a host: ${entry}`);
    }
    ranges.addSubnet(network, Number(prefix), family === 6 ? 'ipv6' : 'ipv4');
  }
  return ranges;
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
