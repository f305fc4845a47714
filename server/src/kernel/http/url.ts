/**
 * The path that routes are written for: `/api/v1/x` is `/api/x`. The query stays as it came.
 * Signatures and a problem's `instance` use the address as the client wrote it (`request.originalUrl`).
 */
export function canonicalUrl(url: string): string {
  if (!url.startsWith('/api/v1')) return url;
  const next = url.charAt('/api/v1'.length);
  return next === '/' || next === '' || next === '?' ? `/api${url.slice('/api/v1'.length)}` : url;
}
