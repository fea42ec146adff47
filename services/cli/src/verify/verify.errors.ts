import { AppError } from '@sallyport/errors';

/** What was asked for can't be checked: nothing is said about any recording. */
export class CannotVerify extends AppError {
  readonly code = 'VERIFY_IMPOSSIBLE';
  readonly kind = 'invalid';
}
