/**
 * Sets a text as a French printer would: narrow no-break spaces before ; ! ? and inside « », a no-break one
 * before a colon, apostrophes that are none of a typewriter. As many characters come out as went in, and only
 * spaces that someone typed are changed, so other languages keep theirs.
 */
export function typeset(text: string): string {
  return text
    .replaceAll(/(?<=\p{L})'(?=\p{L})/gu, '\u2019')
    .replaceAll(/[ \u00a0](?=[;!?»])/g, '\u202f')
    .replaceAll(/(?<=«)[ \u00a0]/g, '\u202f')
    .replaceAll(/ (?=:(?:\s|$))/g, '\u00a0');
}
