export { FirstAdmin, type PasswordSink } from './first-admin.service.js';
export { Passwords } from './passwords.service.js';
export type { RevokedCredential, SignInCredential } from './sign-in-credential.js';
export { SignInCredentials } from './sign-in-credentials.service.js';
export { SshKeys } from './ssh-keys.service.js';
export { OldPasswordWrong, SshKeyTaken } from './user.errors.js';
export { KnownUsers, type KnownUser } from './known-users.service.js';
export { Users } from './users.service.js';
export { UsersModule } from './users.module.js';
