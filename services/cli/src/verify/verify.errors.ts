import { AppError } from '@sallyport/errors';

/** The target can't be checked; the command reports nothing about any recording. */
export class CannotVerify extends AppError {
  readonly code = 'VERIFY_IMPOSSIBLE';
  readonly kind = 'invalid';
}
