export const passwordMinLength = 12;
const leastDistinctCharacters = 4;

export interface AccountForm {
  username: string;
  email: string;
  password: string;
}

export type PasswordFault = 'short' | 'own' | 'guessed';

/** Which of the administrator's fields are not yet right, and why the password is not. */
export interface AccountFaults {
  username: boolean;
  email: boolean;
  password: PasswordFault | null;
}

const folded = (text: string): string => text.normalize('NFKC').trim().toLowerCase();

function faultOfPassword({ username, email, password }: AccountForm): PasswordFault | null {
  const characters = [...password.normalize('NFKC')];
  if (characters.length < passwordMinLength) return 'short';
  const own = [username, email, email.slice(0, email.lastIndexOf('@'))].map(folded);
  if (own.includes(folded(password))) return 'own';
  return new Set(characters).size < leastDistinctCharacters ? 'guessed' : null;
}

/** The plain rules of an account, the same the server holds; its own answer remains the last word. */
export function accountFaults(form: AccountForm): AccountFaults {
  return {
    username: !/^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]{0,63}$/u.test(form.username.trim()),
    email: !/^[^\s@]{1,64}@[^\s@]{1,190}$/.test(form.email.trim()),
    password: faultOfPassword(form),
  };
}
