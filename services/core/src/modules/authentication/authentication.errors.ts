import { AppError } from '@sallyport/errors';

/** One answer for a wrong password and for a user who is unknown, disabled, expired or without a password. */
export class SignInRefused extends AppError {
  readonly code = 'SIGN_IN_REFUSED';
  readonly kind = 'unauthenticated';
  constructor() {
    super('The user name or the password is not right');
  }
}

export class SignInLocked extends AppError {
  readonly code = 'AUTH_LOCKED';
  readonly kind = 'limit';
  constructor(retryAfterSeconds: number) {
    super(`Too many wrong passwords: try again in ${Math.ceil(retryAfterSeconds / 60)} minutes`, { retry_after_seconds: retryAfterSeconds });
  }
}

export class SignInBusy extends AppError {
  readonly code = 'AUTH_BUSY';
  readonly kind = 'unavailable';
  constructor() {
    super('Too many sign-ins at once: try again in a moment', { retry_after_seconds: 1 });
  }
}
