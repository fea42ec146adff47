import { MIN_PASSWORD_LENGTH } from '@sallyport/contracts';
import { PasswordTooEasy } from './user.errors.js';

const MIN_DISTINCT = 5;

/** Throws PasswordTooEasy for a password that is short, repetitive or made of the user name. Length counts more than kinds of characters. */
export function refuseEasyPassword(password: string, username: string): void {
  if (password.length < MIN_PASSWORD_LENGTH)
    throw new PasswordTooEasy(`The password must have at least ${MIN_PASSWORD_LENGTH} characters`, { min_length: MIN_PASSWORD_LENGTH });
  if (new Set(password).size < MIN_DISTINCT)
    throw new PasswordTooEasy(`The password must have at least ${MIN_DISTINCT} different characters`);
  const rest = password.toLowerCase().replaceAll(username.toLowerCase(), '');
  if (rest.length < MIN_PASSWORD_LENGTH / 2) throw new PasswordTooEasy('The password is little more than the user name: choose another');
}
