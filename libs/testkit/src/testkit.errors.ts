import { AppError } from '@sallyport/errors';

/** A part that test files share can't be started. */
export class SharedPartUnavailable extends AppError {
  readonly code = 'SHARED_PART_UNAVAILABLE';
  readonly kind = 'unavailable';
  constructor(name: string, why: string) {
    super(`The tests' shared ${name} can't be used: ${why}`, { name });
  }
}

/** A program under test did not show the expected output in time. */
export class NeverSeen extends AppError {
  readonly code = 'NEVER_SEEN';
  readonly kind = 'unavailable';
  constructor(expected: string, seconds: number, shown: string) {
    super(`Waited ${seconds} s for ${expected}; the output ends with: ${JSON.stringify(shown.slice(-2000))}`, { expected, seconds });
  }
}

/** The product did not get ready. */
export class ProductNotReady extends AppError {
  readonly code = 'PRODUCT_NOT_READY';
  readonly kind = 'unavailable';
  constructor(hasEnded: boolean, seconds: number, output: string) {
    super(`The launcher ${hasEnded ? 'ended' : `was not ready within ${seconds} s`}. It printed:\n${output.slice(-4000)}`, { hasEnded });
  }
}

/** The API answered with an error status. */
export class RestRefused extends AppError {
  readonly code = 'REST_REFUSED';
  readonly kind = 'conflict';
  constructor(method: string, path: string, status: number, body: string) {
    super(`${method} ${path} was answered with ${status}: ${body.slice(0, 2000)}`, { status });
  }
}
