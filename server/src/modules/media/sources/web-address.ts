/**
 * An address of a document, whole; null for anything but the web (`file:`, `data:`, `concat:`) and what is none. Hosts
 * are judged when they are fetched.
 */
export function webAddress(given: string | undefined | null, base: string): string | null {
  const text = given?.trim() ?? '';
  if (text === '' || text.length > 4096 || !URL.canParse(text, base)) return null;
  const url = new URL(text, base);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : null;
}
