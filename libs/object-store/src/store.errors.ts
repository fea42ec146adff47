import { AppError } from '@sallyport/errors';

/** No object is stored under this key. */
export class ObjectNotFound extends AppError {
  readonly code = 'OBJECT_NOT_FOUND';
  readonly kind = 'not_found';
  constructor(key: string) {
    super(`No object is stored under "${key}"`, { key });
  }
}

/** The text cannot be a key of any store. */
export class ObjectKeyInvalid extends AppError {
  readonly code = 'OBJECT_KEY_INVALID';
  readonly kind = 'invalid';
  constructor(key: string) {
    super(`"${key.slice(0, 200)}" can't be a key: use names of letters, digits, ".", "_", "=" and "-", divided by "/"`);
  }
}

/** The store can't be reached or can't work now. It may pass. */
export class StoreUnavailable extends AppError {
  readonly code = 'OBJECT_STORE_UNAVAILABLE';
  readonly kind = 'unavailable';
  constructor(location: string, why: string, cause?: unknown) {
    super(`The object store ${location} can't be used right now: ${why}`, { location }, { cause });
  }
}

/** The store refuses the request: wrong keys, missing bucket, missing permission. An operator has to act. */
export class StoreMisconfigured extends AppError {
  readonly code = 'OBJECT_STORE_MISCONFIGURED';
  readonly kind = 'unavailable';
  constructor(location: string, why: string, cause?: unknown) {
    super(`The object store ${location} refuses: ${why}`, { location }, { cause });
  }
}
