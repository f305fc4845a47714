/** Percent-decoding that leaves a malformed text as it is: strangers write what they like. */
export function decodeLoosely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
