import { AppError } from '@sallyport/errors';
import { resourceErrors } from '../../resource/index.js';

export const { notFound: assetNotFound, nameTaken: assetNameTaken } = resourceErrors({ code: 'ASSET', noun: 'asset' });

export const { notFound: hostKeyNotFound } = resourceErrors({ code: 'HOST_KEY', noun: 'host key' });

/** The bytes or the text of a host key are none. */
export class HostKeyInvalid extends AppError {
  readonly code = 'HOST_KEY_INVALID';
  readonly kind = 'invalid';
}

/** The key is pinned for the host already. */
export class HostKeyTaken extends AppError {
  readonly code = 'HOST_KEY_TAKEN';
  readonly kind = 'conflict';
  constructor(fingerprint: string) {
    super(`The key ${fingerprint} is pinned for this host already`, { fingerprint });
  }
}
