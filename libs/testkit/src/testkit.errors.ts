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

/** The product did not come up. */
export class ProductNotReady extends AppError {
  readonly code = 'PRODUCT_NOT_READY';
  readonly kind = 'unavailable';
  constructor(hasEnded: boolean, seconds: number, output: string) {
    super(`The launcher ${hasEnded ? 'ended' : `was not ready within ${seconds} s`}. It printed:\n${output.slice(-4000)}`, { hasEnded });
  }
}

/** The API answered with something else than success. */
export class RestRefused extends AppError {
  readonly code = 'REST_REFUSED';
  readonly kind = 'conflict';
  constructor(method: string, path: string, status: number, body: string) {
    super(`${method} ${path} was answered with ${status}: ${body.slice(0, 2000)}`, { status });
  }
}
