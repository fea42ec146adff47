import { AppError } from '@sallyport/errors';

export class AssetNotFound extends AppError {
  readonly code = 'ASSET_NOT_FOUND';
  readonly kind = 'not_found';
  constructor(assetId: string) {
    super(`Asset "${assetId}" was not found`, { asset: assetId });
  }
}

export class AssetNameTaken extends AppError {
  readonly code = 'ASSET_NAME_TAKEN';
  readonly kind = 'conflict';
  constructor(name: string) {
    super(`There is an asset "${name}" already`, { name });
  }
}

export class HostKeyNotFound extends AppError {
  readonly code = 'HOST_KEY_NOT_FOUND';
  readonly kind = 'not_found';
  constructor(hostKeyId: string) {
    super(`Host key "${hostKeyId}" was not found`, { host_key: hostKeyId });
  }
}

export class HostKeyInvalid extends AppError {
  readonly code = 'HOST_KEY_INVALID';
  readonly kind = 'invalid';
}
