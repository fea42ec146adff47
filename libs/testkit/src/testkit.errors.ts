import { AppError } from '@sallyport/errors';

/** A part that test files share could not be had. */
export class SharedPartUnavailable extends AppError {
  readonly code = 'SHARED_PART_UNAVAILABLE';
  readonly kind = 'unavailable';
  constructor(name: string, why: string) {
    super(`The tests' shared ${name} is not there: ${why}`, { name });
  }
}

/** A program under test did not show what was waited for. */
export class NeverSeen extends AppError {
  readonly code = 'NEVER_SEEN';
  readonly kind = 'unavailable';
  constructor(expected: string, seconds: number, shown: string) {
    super(`Waited ${seconds} s for ${expected}; what was shown ends with: ${JSON.stringify(shown.slice(-2000))}`, { expected, seconds });
  }
}
