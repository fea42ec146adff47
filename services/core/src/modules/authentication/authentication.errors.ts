import { AppError } from '@sallyport/errors';

/** One answer for a wrong password and for a user who is unknown, disabled, expired or without a password. */
export class SignInRefused extends AppError {
  readonly code = 'SIGN_IN_REFUSED';
  readonly kind = 'unauthenticated';
  constructor() {
    super('The user name or the password is not right');
  }
}

/** Too many wrong passwords from this source; the same for a name that nobody has. */
export class SignInLocked extends AppError {
  readonly code = 'AUTH_LOCKED';
  readonly kind = 'limit';
  constructor(retryAfterSeconds: number) {
    const minutes = Math.max(1, Math.ceil(retryAfterSeconds / 60));
    super(`Too many wrong passwords: try again in ${minutes} minute${minutes === 1 ? '' : 's'}`, {
      retry_after_seconds: retryAfterSeconds,
      retry_after_minutes: minutes,
    });
  }
}

export class SignInBusy extends AppError {
  readonly code = 'AUTH_BUSY';
  readonly kind = 'unavailable';
  constructor() {
    super('Too many sign-ins at once: try again in a moment', { retry_after_seconds: 1 });
  }
}

/** A command at the console names a user who is not there. */
export class UnknownUsername extends AppError {
  readonly code = 'USERNAME_UNKNOWN';
  readonly kind = 'not_found';
  constructor(username: string) {
    super(`There is no user "${username}"`, { username });
  }
}
