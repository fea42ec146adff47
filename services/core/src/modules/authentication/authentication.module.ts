import { Global, Module } from '@nestjs/common';
import { BearerTokens } from '../../http/index.js';
import { ApiTokensModule } from '../api-tokens/index.js';
import { UsersModule } from '../users/index.js';
import { AuthenticationController } from './authentication.controller.js';
import { UserBearerTokens } from './bearer-tokens.service.js';
import { SignInLockRepository } from './sign-in-lock.repository.js';
import { SignInLocks } from './sign-in-locks.service.js';
import { SignIn } from './sign-in.service.js';

/** Global: the HTTP edge asks it who stands behind a token. */
@Global()
@Module({
  imports: [UsersModule, ApiTokensModule],
  controllers: [AuthenticationController],
  providers: [SignInLockRepository, SignInLocks, SignIn, { provide: BearerTokens, useClass: UserBearerTokens }],
  exports: [SignIn, BearerTokens],
})
export class AuthenticationModule {}
