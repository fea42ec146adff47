import { z } from 'zod';
import { Comment, DateTime, Id, Name, QueryFlag } from './field.js';
import { listQuery } from './page.js';
import { Filter, text } from './text.js';

export const Role = z
  .enum(['admin', 'auditor', 'user'])
  .describe('admin: everything; auditor: reads sessions, commands and audit events; user: the own profile');
export type Role = z.infer<typeof Role>;

/**
 * The name that a user signs in with. Without "@", "#", "%" and ":", which separate user, account and asset in `ssh user@account@asset`.
 * Unique whatever its case.
 */
export const Username = z
  .string()
  .min(1, 'must not be empty')
  .max(64, 'must have at most 64 characters')
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/, 'must begin with a letter, digit or "_" and hold only letters, digits and "_.+-"');

/** Shortest password, after NIST SP 800-63B. */
export const MIN_PASSWORD_LENGTH = 12;

/** Longest password: a longer one costs time and adds nothing. */
export const MAX_PASSWORD_LENGTH = 256;

/** A new password. Spaces count; nothing is cut off. */
export const NewPassword = text('password', MAX_PASSWORD_LENGTH)
  .min(MIN_PASSWORD_LENGTH, `must have at least ${MIN_PASSWORD_LENGTH} characters`)
  .meta({ writeOnly: true });

/** An e-mail address, of the lengths that RFC 5321 §4.5.3.1 has. */
const Email = z
  .email('must be an e-mail address')
  .max(254)
  .regex(/^[^@]{1,64}@/, 'must have at most 64 characters before "@"');

export const UserView = z
  .object({
    id: Id,
    username: Username,
    name: Name,
    email: Email.nullable(),
    role: Role,
    is_active: z.boolean().describe('False: may not sign in'),
    is_expired: z.boolean(),
    date_expired: DateTime.nullable().describe('May not sign in from then on; null: never'),
    has_password: z.boolean(),
    must_change_password: z.boolean(),
    comment: Comment,
    date_last_login: DateTime.nullable(),
    date_password_changed: DateTime.nullable(),
    created_by: z.string(),
    date_created: DateTime,
    date_updated: DateTime,
  })
  .meta({ id: 'User' });
export type UserView = z.infer<typeof UserView>;

const writable = UserView.pick({ username: true, name: true, email: true, role: true, is_active: true, date_expired: true, comment: true });

export const UserCreate = z
  .strictObject({
    ...writable.partial().shape,
    username: Username,
    password: NewPassword.optional().describe('Without one the user signs in with keys alone'),
    must_change_password: z.boolean().optional().describe('True where a password is given and nothing else is said'),
  })
  .meta({ id: 'UserCreate' });
export type UserCreate = z.infer<typeof UserCreate>;

export const UserUpdate = z
  .strictObject({ ...writable.partial().shape, password: NewPassword.optional(), must_change_password: z.boolean().optional() })
  .meta({ id: 'UserUpdate' });
export type UserUpdate = z.infer<typeof UserUpdate>;

export const UserListQuery = z.strictObject({
  ...listQuery(['username', 'name', 'email', 'role', 'date_created', 'date_last_login']),
  username: Filter.optional(),
  email: Filter.optional(),
  role: Role.optional(),
  is_active: QueryFlag.optional(),
});
export type UserListQuery = z.infer<typeof UserListQuery>;

export const ProfileUpdate = z.strictObject(UserView.pick({ name: true, email: true }).partial().shape).meta({ id: 'ProfileUpdate' });
export type ProfileUpdate = z.infer<typeof ProfileUpdate>;

export const PasswordChange = z
  .strictObject({ old_password: text('secret', 1024).meta({ writeOnly: true }), new_password: NewPassword })
  .meta({ id: 'PasswordChange' });
export type PasswordChange = z.infer<typeof PasswordChange>;
