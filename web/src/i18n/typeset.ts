/**
 * Sets a text as a French printer would: narrow no-break spaces before ; ! ? and inside « », a no-break one
 * before a colon. Only spaces that someone typed are changed, so other languages come out as they went in.
 */
export function typeset(text: string): string {
  return text
    .replaceAll(/[ \u00a0](?=[;!?»])/g, '\u202f')
    .replaceAll(/(?<=«)[ \u00a0]/g, '\u202f')
    .replaceAll(/ (?=:(?:\s|$))/g, '\u00a0');
}
