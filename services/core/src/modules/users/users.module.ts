import { Module } from '@nestjs/common';
import { ApiTokensModule } from '../api-tokens/index.js';
import { FirstAdmin } from './first-admin.service.js';
import { KnownUsers } from './known-users.service.js';
import { Passwords } from './passwords.service.js';
import { ProfileController } from './profile.controller.js';
import { SignInCredentialRepository } from './sign-in-credential.repository.js';
import { SignInCredentials } from './sign-in-credentials.service.js';
import { SshKeyController } from './ssh-key.controller.js';
import { SshKeys } from './ssh-keys.service.js';
import { UserController } from './user.controller.js';
import { UserRepository } from './user.repository.js';
import { UserSshKeyRepository } from './user-ssh-key.repository.js';
import { Users } from './users.service.js';

@Module({
  imports: [ApiTokensModule],
  controllers: [UserController, SshKeyController, ProfileController],
  providers: [
    UserRepository,
    UserSshKeyRepository,
    Users,
    KnownUsers,
    Passwords,
    SshKeys,
    SignInCredentialRepository,
    SignInCredentials,
    FirstAdmin,
  ],
  exports: [Users, KnownUsers, Passwords, SshKeys, SignInCredentials, FirstAdmin],
})
export class UsersModule {}
