import { AppError } from '@sallyport/errors';

/** The bytes are not a frame: wrong magic, unknown version or kind, impossible length, wrong checksum. */
export class FrameCorrupt extends AppError {
  readonly code = 'FRAME_CORRUPT';
  readonly kind = 'invalid';
  constructor(why: string, offset: number) {
    super(`The recording is damaged at byte ${offset}: ${why}`, { offset });
  }
}

/** The number of a frame does not follow the number before it. */
export class FrameHole extends AppError {
  readonly code = 'FRAME_HOLE';
  readonly kind = 'invalid';
  constructor(expected: bigint, found: bigint) {
    super(`Frame ${expected} is missing: frame ${found} follows frame ${expected - 1n}`, {
      expected: String(expected),
      found: String(found),
    });
  }
}

/** The bytes end inside a frame. */
export class FrameTruncated extends AppError {
  readonly code = 'FRAME_TRUNCATED';
  readonly kind = 'invalid';
  constructor(leftBytes: number, offset: number) {
    super(`The recording ends inside a frame: ${leftBytes} bytes are left at byte ${offset}`, { leftBytes, offset });
  }
}

/** The payload is larger than one frame may carry. */
export class FrameTooLarge extends AppError {
  readonly code = 'FRAME_TOO_LARGE';
  readonly kind = 'limit';
  constructor(bytes: number, limit: number) {
    super(`A frame carries at most ${limit} bytes; this payload has ${bytes}. Cut it into several frames.`, { bytes, limit });
  }
}

/** A JSON payload lacks a field or has a wrong one. */
export class PayloadInvalid extends AppError {
  readonly code = 'FRAME_PAYLOAD_INVALID';
  readonly kind = 'invalid';
  constructor(what: string, why: string) {
    super(`The ${what} payload is not valid: ${why}`, { what });
  }
}

/** The manifest is not canonical or contradicts itself. */
export class ManifestInvalid extends AppError {
  readonly code = 'MANIFEST_INVALID';
  readonly kind = 'invalid';
  constructor(why: string) {
    super(`The manifest is not valid: ${why}`);
  }
}

/** The bundle is not the canonical tar file of FORMAT.md. */
export class BundleInvalid extends AppError {
  readonly code = 'BUNDLE_INVALID';
  readonly kind = 'invalid';
  constructor(why: string, offset: number) {
    super(`The bundle is not valid at byte ${offset}: ${why}`, { offset });
  }
}
