/** Usernames: letters, digits and . _ - in any script, beginning with a letter or digit; never an `@`. */
export const USERNAME_PATTERN = '^[\\p{L}\\p{N}][\\p{L}\\p{M}\\p{N}._-]*$';
/** In Unicode characters. */
export const USERNAME_MAX_LENGTH = 64;

/** One `@` with something on both sides; whether mail arrives there only a mail can tell. */
export const EMAIL_PATTERN = '^[^\\s@\\p{Cc}\\p{Cf}\\p{Cs}]{1,64}@[^\\s@\\p{Cc}\\p{Cf}\\p{Cs}]{1,190}$';

/** One line that people read: not blank, no control characters, no breaks, no marks that turn the text around. */
export const LINE_PATTERN = '^(?=.*\\S)[^\\p{Cc}\\p{Cs}\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]*$';

const USERNAME = new RegExp(USERNAME_PATTERN, 'u');
const SLUG_MAX_LENGTH = 63;

/**
 * The form under which names are compared: compatibility-normalised and lower case, so that `Ada`, `ada` and
 * full-width `ａｄａ` are one name. Normalised twice, since lower case may bring back a composed form.
 */
export function nameKey(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase().normalize('NFKC');
}

/** What someone typed to sign in: with an `@` it can only be an e-mail, since usernames have none. */
export function isEmailLike(name: string): boolean {
  return name.includes('@');
}

/** A username made from the part of an e-mail before the `@`; `admin` when nothing usable is left. */
export function usernameFromEmail(email: string): string {
  const local = email.slice(0, email.lastIndexOf('@')).normalize('NFKC');
  const usable = local.replace(/[^\p{L}\p{M}\p{N}._-]+/gu, '-').replace(/^[^\p{L}\p{N}]+/u, '');
  const username = [...usable].slice(0, USERNAME_MAX_LENGTH).join('');
  return USERNAME.test(username) ? username : 'admin';
}

/** A short name for addresses, `Radio Évasion` → `radio-evasion`; `organisation` when no Latin letter is left. */
export function slugOf(name: string): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const slug = plain
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, SLUG_MAX_LENGTH);
  return slug.replace(/-+$/, '') || 'organisation';
}

/** `radio` → `radio-2`, within the length of a slug. */
export function numberedSlug(slug: string, number: number): string {
  const ending = `-${number}`;
  return slug.slice(0, SLUG_MAX_LENGTH - ending.length).replace(/-+$/, '') + ending;
}
