import { COMMON_PASSWORDS } from './common-passwords.ts';
import { nameKey } from './names.ts';

/** In Unicode characters, after normalisation. */
export const PASSWORD_MIN_LENGTH = 12;
export const PASSWORD_MAX_LENGTH = 256;

const LEAST_DISTINCT_CHARACTERS = 4;

/**
 * The form that is hashed (NIST SP 800-63B §5.1.1.2): the same password typed on a Mac and on a phone may
 * arrive composed or decomposed.
 */
export function normalisePassword(password: string): string {
  return password.normalize('NFKC');
}

/** Names that belong to the person who chooses; null or absent ones are left out. */
export interface PasswordOwner {
  username: string;
  email?: string | null | undefined;
}

/** Why a new password is refused, as a sentence to the person who chose it; null when it is good. */
export function faultOfPassword(password: string, owner: PasswordOwner): string | null {
  const normalised = normalisePassword(password);
  const characters = [...normalised];
  if (characters.length < PASSWORD_MIN_LENGTH) return `Use at least ${PASSWORD_MIN_LENGTH} characters.`;
  if (characters.length > PASSWORD_MAX_LENGTH) return `Use at most ${PASSWORD_MAX_LENGTH} characters.`;
  if (ownNames(owner).includes(nameKey(password)))
    return 'The password must not be the username or the e-mail.';
  if (new Set(characters).size < LEAST_DISTINCT_CHARACTERS || COMMON_PASSWORDS.has(nameKey(password)))
    return 'This password is among the first that are guessed. Choose another.';
  return null;
}

function ownNames(owner: PasswordOwner): string[] {
  const names = [owner.username];
  if (owner.email) names.push(owner.email, owner.email.slice(0, owner.email.lastIndexOf('@')));
  return names.map(nameKey);
}
