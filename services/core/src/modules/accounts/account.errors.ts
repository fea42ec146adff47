import { AppError } from '@sallyport/errors';
import { resourceErrors } from '../../resource/index.js';

export const { notFound: accountNotFound } = resourceErrors({ code: 'ACCOUNT', noun: 'account' });

/** The asset has an account of this login name. */
export class AccountUsernameTaken extends AppError {
  readonly code = 'ACCOUNT_USERNAME_TAKEN';
  readonly kind = 'conflict';
  constructor(username: string) {
    super(`The asset has an account "${username}" already`, { username });
  }
}

/** A private key that can't be used. The message quotes nothing of it. */
export class PrivateKeyInvalid extends AppError {
  readonly code = 'PRIVATE_KEY_INVALID';
  readonly kind = 'invalid';
}
