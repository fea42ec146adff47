import { AppError } from '@sallyport/errors';

export class AccountNotFound extends AppError {
  readonly code = 'ACCOUNT_NOT_FOUND';
  readonly kind = 'not_found';
  constructor(accountId: string) {
    super(`Account "${accountId}" was not found`, { account: accountId });
  }
}

export class AccountUsernameTaken extends AppError {
  readonly code = 'ACCOUNT_USERNAME_TAKEN';
  readonly kind = 'conflict';
  constructor(username: string) {
    super(`The asset has an account "${username}" already`, { username });
  }
}

/** Says what is wrong with a key; quotes nothing of it. */
export class PrivateKeyInvalid extends AppError {
  readonly code = 'PRIVATE_KEY_INVALID';
  readonly kind = 'invalid';
}
