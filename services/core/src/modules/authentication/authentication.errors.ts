import { AppError } from '@sallyport/errors';

/** The password is wrong, or the user is unknown, disabled, expired or without a password: all get this answer. */
export class SignInRefused extends AppError {
  readonly code = 'SIGN_IN_REFUSED';
  readonly kind = 'unauthenticated';
  constructor() {
    super('The user name or the password is not right');
  }
}

/** Too many wrong passwords came for this name from this source, or from this source or for this name in all. The name may be unknown. */
export class SignInLocked extends AppError {
  readonly code = 'AUTH_LOCKED';
  readonly kind = 'limit';
  constructor(retryAfterSeconds: number) {
    const minutes = Math.max(1, Math.ceil(retryAfterSeconds / 60));
    const wait = retryAfterSeconds < 60 ? counted(Math.max(1, retryAfterSeconds), 'second') : counted(minutes, 'minute');
    super(`Too many wrong passwords: try again in ${wait}`, {
      retry_after_seconds: retryAfterSeconds,
      retry_after_minutes: minutes,
    });
  }
}

const counted = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`;

/** More sign-ins wait than core can check at once. */
export class SignInBusy extends AppError {
  readonly code = 'AUTH_BUSY';
  readonly kind = 'unavailable';
  constructor() {
    super('Too many sign-ins at once: try again in a moment', { retry_after_seconds: 1 });
  }
}

/** A console command names a user that does not exist. */
export class UnknownUsername extends AppError {
  readonly code = 'USERNAME_UNKNOWN';
  readonly kind = 'not_found';
  constructor(username: string) {
    super(`The user "${username}" does not exist`, { username });
  }
}
