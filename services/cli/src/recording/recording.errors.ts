import { AppError } from '@sallyport/errors';

/** The input or the files of a recording can't be read. The message says why. */
export class CannotOpen extends AppError {
  readonly code = 'RECORDING_NOT_OPENED';
  readonly kind = 'invalid';
}
