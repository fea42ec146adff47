import type { UserView } from '@sallyport/contracts';
import type { AssertNever } from '../../resource/index.js';
import type { UserEntity } from './user.entity.js';
import { isExpired } from './user.policy.js';

type Shown =
  | 'id'
  | 'username'
  | 'name'
  | 'email'
  | 'role'
  | 'isActive'
  | 'dateExpired'
  | 'mustChangePassword'
  | 'comment'
  | 'dateLastLogin'
  | 'datePasswordChanged'
  | 'createdBy'
  | 'dateCreated'
  | 'dateUpdated';
/** The view shows only that the user has a password. */
type Hidden = 'passwordHash' | 'passwordGeneration';
export type EveryColumnDecided = AssertNever<Exclude<keyof UserEntity, Shown | Hidden>>;

/** Returns a user as REST shows it. */
export const toUserView = (user: UserEntity, now: Date): UserView => ({
  id: user.id,
  username: user.username,
  name: user.name,
  email: user.email,
  role: user.role,
  is_active: user.isActive,
  is_expired: isExpired(user, now),
  date_expired: user.dateExpired?.toISOString() ?? null,
  has_password: user.passwordHash !== null,
  must_change_password: user.mustChangePassword,
  comment: user.comment,
  date_last_login: user.dateLastLogin?.toISOString() ?? null,
  date_password_changed: user.datePasswordChanged?.toISOString() ?? null,
  created_by: user.createdBy,
  date_created: user.dateCreated.toISOString(),
  date_updated: user.dateUpdated.toISOString(),
});
