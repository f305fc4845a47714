/** A BCP 47 tag of the usual kind: `fr`, `pt-BR`, `zh-Hant-TW`. */
export const LANGUAGE_TAG = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;

/** Characters of the longest tag that is kept. */
export const LONGEST_LANGUAGE_TAG = 35;

/** True for a tag that can be kept as it is. */
export const isLanguageTag = (value: string): boolean =>
  value.length <= LONGEST_LANGUAGE_TAG && LANGUAGE_TAG.test(value);
