import type { UserListQuery, UserUpdate, UserView } from '@sallyport/contracts';
import { asIs, columnsOf, ignoringCase, listPlan, resource, secret } from '../../resource/index.js';
import { UserEntity } from './user.entity.js';
import { EmailTaken, UsernameTaken, userNotFound } from './user.errors.js';
import { toUserView } from './user.view.js';

const { plain, time } = columnsOf<UserEntity>();

/** A user. Users belong to the installation, not to an organization. */
export const userResource = resource<UserEntity, UserUpdate, UserView>({
  noun: 'user',
  nameOf: ({ username }) => username,
  table: (database, ctx) => database.global(ctx, UserEntity),
  expand: asIs,
  fields: {
    username: plain('username'),
    name: plain('name'),
    email: plain('email'),
    role: plain('role'),
    is_active: plain('isActive'),
    date_expired: time('dateExpired'),
    must_change_password: plain('mustChangePassword'),
    comment: plain('comment'),
    password: secret(({ passwordHash }) => passwordHash),
  },
  view: toUserView,
  notFound: userNotFound,
  conflicts: {
    user_username_uq: ({ username = '' }) => new UsernameTaken(username),
    user_email_uq: ({ email }) => new EmailTaken(email ?? ''),
  },
});

export const userList = listPlan<UserEntity, UserListQuery>({
  alias: 'user',
  search: ['username', 'name', 'email'],
  filters: { username: ignoringCase('user.username'), email: ignoringCase('user.email'), role: 'role', is_active: 'isActive' },
  order: {
    username: 'username',
    name: 'name',
    email: 'email',
    role: 'role',
    date_created: 'dateCreated',
    date_last_login: 'dateLastLogin',
  },
});
