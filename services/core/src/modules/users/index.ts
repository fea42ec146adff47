export { CreateUser } from './create-user.service.js';
export { FirstAdmin, type PasswordSink } from './first-admin.service.js';
export { Passwords } from './passwords.service.js';
export { SshKeys, type SignInKey } from './ssh-keys.service.js';
export { LastAdmin, OldPasswordWrong, PasswordTooEasy, PasswordUnchanged, SshKeyTaken, UserNotFound, UsernameTaken } from './user.errors.js';
export { Users, type KnownUser } from './users.service.js';
export { UsersModule } from './users.module.js';
