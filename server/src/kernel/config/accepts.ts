import { isIP } from 'node:net';

/** True for an IP address or a host name (RFC 1123, underscores of container networks allowed). */
export const isHost = (value: string): boolean =>
  isIP(value) > 0 ||
  (value.length <= 253 && /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_-]+)*\.?$/i.test(value));

/** True for a zone that this Node knows. */
export const isTimeZone = (value: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    return false;
  }
};

/** `10.0.0.0/8`, `::1`, or one of the words that lists of proxies know. */
export const isAddressRange = (value: string): boolean => {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(value)) return true;
  const [ip = '', bits, ...more] = value.split('/');
  const version = isIP(ip);
  if (version === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
};

/** A host, a host with its port (`[::1]:81` for IPv6), or a range of addresses. */
export const isHostOrRange = (value: string): boolean => {
  const withPort = /^(?:\[(?<six>[^\]]+)\]|(?<name>[^:[\]]+)):(?<port>\d{1,5})$/.exec(value);
  if (!withPort?.groups) return isHost(value) || isAddressRange(value);
  const { six, name, port } = withPort.groups;
  return Number(port) <= 65_535 && (six === undefined ? isHost(name ?? '') : isIP(six) === 6);
};

/** `https://host[:port]` without a path, or `*`. */
export const isOrigin = (value: string): boolean => {
  if (value === '*') return true;
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol) && new URL(value).pathname === '/';
};

/** True for an e-mail address, loosely: the only proof is a message that arrives. */
export const isEmail = (value: string): boolean => /^[^\s@<>]+@[^\s@<>]+$/.test(value);

/** True for an absolute address with one of the schemes and a host (PostgreSQL's may stand in `?host=`). */
export const hasScheme = (value: string, schemes: readonly string[]): boolean => {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  return schemes.includes(url.protocol.slice(0, -1)) && (url.host !== '' || url.searchParams.has('host'));
};
