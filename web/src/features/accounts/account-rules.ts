export const passwordMinLength = 12;

/** Which of the administrator's fields are not yet right. */
export interface AccountFaults {
  username: boolean;
  email: boolean;
  password: boolean;
}

/** The plain rules of an account, the same the server holds; its own answer remains the last word. */
export function accountFaults({
  username,
  email,
  password,
}: Record<keyof AccountFaults, string>): AccountFaults {
  return {
    username: !/^[\p{L}\d][\p{L}\d._-]{2,49}$/u.test(username.trim()),
    email: !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email.trim()),
    password: [...password].length < passwordMinLength,
  };
}
