const MAX_ADDRESS_CHARS = 64;
const MAX_USER_AGENT_CHARS = 400;

/** Where a request comes from, for the audit trail; behind a proxy, what the trusted one says. */
export function originOf(request: { ip: string; headers: { 'user-agent'?: string } }) {
  const userAgent = request.headers['user-agent']?.slice(0, MAX_USER_AGENT_CHARS) ?? null;
  // What a proxy forwards may be any text.
  return { ip: request.ip.slice(0, MAX_ADDRESS_CHARS), userAgent };
}
