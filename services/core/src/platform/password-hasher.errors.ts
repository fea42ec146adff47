import { AppError } from '@sallyport/errors';

/** The same user or source has too many passwords to hash. */
export class TooManyPasswords extends AppError {
  readonly code = 'TOO_MANY_PASSWORDS';
  readonly kind = 'limit';
  constructor() {
    super('Too many of your requests with a password wait at once: try again in a moment', { retry_after_seconds: 1 });
  }
}

/** More passwords wait than core can hash in time. */
export class PasswordsBusy extends AppError {
  readonly code = 'PASSWORDS_BUSY';
  readonly kind = 'unavailable';
  constructor() {
    super('Too many requests with a password wait at once: try again in a moment', { retry_after_seconds: 1 });
  }
}
