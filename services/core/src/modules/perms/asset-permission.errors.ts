import { AppError } from '@sallyport/errors';

export class AssetPermissionNotFound extends AppError {
  readonly code = 'ASSET_PERMISSION_NOT_FOUND';
  readonly kind = 'not_found';
  constructor(permissionId: string) {
    super(`Asset permission "${permissionId}" was not found`, { asset_permission: permissionId });
  }
}

export class AssetPermissionNameTaken extends AppError {
  readonly code = 'ASSET_PERMISSION_NAME_TAKEN';
  readonly kind = 'conflict';
  constructor(name: string) {
    super(`There is an asset permission "${name}" already`, { name });
  }
}

export class AssetPermissionDatesWrong extends AppError {
  readonly code = 'ASSET_PERMISSION_DATES_WRONG';
  readonly kind = 'invalid';
  constructor(dateStart: Date, dateExpired: Date) {
    super(`The permission would end (${dateExpired.toISOString()}) before it begins (${dateStart.toISOString()})`, {
      date_start: dateStart.toISOString(),
      date_expired: dateExpired.toISOString(),
    });
  }
}

/** It names users or assets that are not there. */
export class AssetPermissionNamesUnknown extends AppError {
  readonly code = 'ASSET_PERMISSION_NAMES_UNKNOWN';
  readonly kind = 'invalid';
  constructor(what: 'users' | 'assets', ids: readonly string[]) {
    super(`These ${what} are not there: ${ids.slice(0, 10).join(', ')}${ids.length > 10 ? ` and ${ids.length - 10} more` : ''}`, {
      [what]: ids.slice(0, 10).join(','),
      count: ids.length,
    });
  }
}
