import { AppError } from '@sallyport/errors';
import { resourceErrors } from '../../resource/index.js';

export const { notFound: assetNotFound, nameTaken: assetNameTaken } = resourceErrors({ code: 'ASSET', noun: 'asset' });

export const { notFound: hostKeyNotFound } = resourceErrors({ code: 'HOST_KEY', noun: 'host key' });

/** The bytes that an asset presented as its host key are not a public key. */
export class HostKeyInvalid extends AppError {
  readonly code = 'HOST_KEY_INVALID';
  readonly kind = 'invalid';
}
