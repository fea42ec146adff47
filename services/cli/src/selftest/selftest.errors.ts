import { AppError } from '@sallyport/errors';

/** A step of the test did not succeed. */
export class SelftestFailed extends AppError {
  readonly code = 'SELFTEST_FAILED';
  readonly kind = 'unavailable';
}
