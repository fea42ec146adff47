import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from '@sallyport/contracts';
import { leakedPasswords } from './leaked-passwords.js';
import { guessesOf, type EasyPart, type Guesses } from './estimate-guesses.js';
import { PasswordTooEasy } from './user.errors.js';

const MIN_DISTINCT = 5;

/** Decimal logarithm of the guesses that a password has to withstand: a leaked password with a number behind it takes some thousands. */
const MIN_GUESSES = 8;

/** The names of the user that a password belongs to. */
export interface PasswordOwner {
  readonly username: string;
  readonly name?: string | undefined;
  readonly email?: string | null | undefined;
}

/**
 * Throws PasswordTooEasy for a password that is short or long, repetitive, made of the user's names, or little more than a leaked one. Length
 * counts more than kinds of characters (NIST SP 800-63B §3.1.1).
 */
export async function refuseEasyPassword(password: string, owner: PasswordOwner): Promise<void> {
  refuseBySize(password);
  const rest = password.toLowerCase().replaceAll(owner.username.toLowerCase(), '');
  if (rest.length < MIN_PASSWORD_LENGTH / 2) throw new PasswordTooEasy('The password is little more than the user name: choose another');
  const guesses = guessesOf(password, namesOf(owner), await leakedPasswords());
  if (guesses.digits < MIN_GUESSES) throw new PasswordTooEasy(messageOf(guesses));
}

function refuseBySize(password: string): void {
  if (password.length < MIN_PASSWORD_LENGTH)
    throw new PasswordTooEasy(`The password must have at least ${MIN_PASSWORD_LENGTH} characters`, { min_length: MIN_PASSWORD_LENGTH });
  if (password.length > MAX_PASSWORD_LENGTH)
    throw new PasswordTooEasy(`The password must have at most ${MAX_PASSWORD_LENGTH} characters`, { max_length: MAX_PASSWORD_LENGTH });
  if (/[\p{Cc}\p{Cs}]/u.test(password)) throw new PasswordTooEasy('The password must not hold control characters');
  if (new Set(password).size < MIN_DISTINCT)
    throw new PasswordTooEasy(`The password must have at least ${MIN_DISTINCT} different characters`);
}

const PRODUCT = 'sallyport';

/** Returns the names that guesses at this user's password begin with. */
function namesOf({ username, name = '', email }: PasswordOwner): string[] {
  const words = [username, ...`${username} ${name} ${email ?? ''}`.split(/[^\p{L}\p{N}]+/u), PRODUCT];
  return words.map((word) => word.normalize('NFKC').toLowerCase()).filter((word) => word.length >= 3);
}

const PART: Readonly<Record<EasyPart, string>> = {
  leaked: 'passwords from lists of leaked ones',
  'own-name': 'the names of the user or of this product',
  keys: 'characters in a row, such as 1234 or qwerty',
  repeat: 'repetitions',
  year: 'a year',
};

/** Returns the message about a password that is easy to guess. It does not quote it. */
function messageOf({ parts }: Guesses): string {
  const named = [...parts].map((part) => PART[part]);
  return `The password is easy to guess: it is little more than ${named.join(', ')}. Choose a longer phrase of your own`;
}
