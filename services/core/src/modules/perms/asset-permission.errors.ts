import { AppError } from '@sallyport/errors';
import { resourceErrors } from '../../resource/index.js';

export const { notFound: permissionNotFound, nameTaken: permissionNameTaken } = resourceErrors({
  code: 'ASSET_PERMISSION',
  noun: 'asset permission',
});

/** The permission ends before it begins. */
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

/** The permission names users or assets that are not there. */
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
