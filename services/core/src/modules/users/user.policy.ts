import type { UserEntity } from './user.entity.js';

/** Permission of a user to sign in. */
export type Standing = { readonly ok: true } | { readonly ok: false; readonly reason: 'disabled' | 'expired' };

export function standingOf(user: Pick<UserEntity, 'isActive' | 'dateExpired'>, now: Date): Standing {
  if (!user.isActive) return { ok: false, reason: 'disabled' };
  return isExpired(user, now) ? { ok: false, reason: 'expired' } : { ok: true };
}

export const isExpired = ({ dateExpired }: Pick<UserEntity, 'dateExpired'>, now: Date): boolean =>
  dateExpired !== null && dateExpired <= now;
