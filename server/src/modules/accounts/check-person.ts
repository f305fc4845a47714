import { type FieldFault, validationFailed } from '../../kernel/http/problem.ts';
import { EMAIL_PATTERN, USERNAME_MAX_LENGTH, USERNAME_PATTERN } from './names.ts';
import { faultOfPassword } from './password-policy.ts';

const USERNAME = new RegExp(USERNAME_PATTERN, 'u');
const EMAIL = new RegExp(EMAIL_PATTERN, 'u');

/** What a new person is called and signs in with, as typed. */
export interface Credentials {
  username: string;
  email: string | null;
  password: string;
}

/** The credentials with names in their normal form; throws a 422 that names every fault. */
export function checkCredentials(typed: Credentials): Credentials {
  const username = typed.username.normalize('NFKC').trim();
  const email = typed.email?.normalize('NFKC').trim() ?? null;
  const faults: FieldFault[] = [];
  const fault = (field: string, message: string | null) => {
    if (message !== null) faults.push({ field, message });
  };
  fault('username', faultOfUsername(username));
  fault('email', email === null || EMAIL.test(email) ? null : 'This is not an e-mail address.');
  fault('password', faultOfPassword(typed.password, { username, email }));
  if (faults.length > 0)
    throw validationFailed(faults.map(({ message }) => message).join(' '), { errors: faults });
  return { username, email, password: typed.password };
}

/** Throws a 422 when a new password is not good enough for its owner. */
export function checkPassword(
  password: string,
  owner: { username: string; email: string | null },
  field: string,
): void {
  const message = faultOfPassword(password, owner);
  if (message !== null) throw validationFailed(message, { errors: [{ field, message }] });
}

function faultOfUsername(username: string): string | null {
  // Counted again: normalisation may have stretched it.
  if ([...username].length > USERNAME_MAX_LENGTH) return `Use at most ${USERNAME_MAX_LENGTH} characters.`;
  if (USERNAME.test(username)) return null;
  return 'A username is made of letters, digits, dots, hyphens and underscores, and begins with a letter or digit.';
}
