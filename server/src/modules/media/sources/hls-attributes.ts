/** `BANDWIDTH=128000,CODECS="mp4a.40.2,avc1"`, as RFC 8216 §4.2 writes lists; the first of a name counts. */
export function readAttributes(list: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, name = '', quoted, plain] of list.matchAll(/([A-Z0-9-]{1,60})=(?:"([^"]*)"|([^",]*))/g)) {
    if (!found.has(name)) found.set(name, quoted ?? plain ?? '');
  }
  return found;
}
