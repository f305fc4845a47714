/** The token of an Authorization header (RFC 6750 §2.1); undefined when it carries none. */
export function bearerOf(header: string | undefined): string | undefined {
  return header !== undefined && /^bearer /i.test(header) ? header.slice(7).trim() : undefined;
}
