import { Global, Module } from '@nestjs/common';
import { BearerTokens } from '../../http/index.js';
import { runsJob } from '../../platform/index.js';
import { ApiTokensModule } from '../api-tokens/index.js';
import { UsersModule } from '../users/index.js';
import { AuthenticationController } from './authentication.controller.js';
import { UserBearerTokens } from './bearer-tokens.service.js';
import { OwnPasswordController } from './own-password.controller.js';
import { OwnPassword } from './own-password.service.js';
import { PasswordGuesses } from './password-guesses.service.js';
import { PurgeSignInLocks } from './purge-sign-in-locks.js';
import { SignInFailureRepository } from './sign-in-failure.repository.js';
import { SignInFailures } from './sign-in-failures.service.js';
import { SignInLockRepository } from './sign-in-lock.repository.js';
import { SignInRepository } from './sign-in.repository.js';
import { SignInLocks } from './sign-in-locks.service.js';
import { SignIn } from './sign-in.service.js';
import { SummarizeSignInFailures } from './summarize-sign-in-failures.js';
import { UnlockController } from './unlock.controller.js';
import { UnlockUser } from './unlock-user.service.js';

/** Global: the HTTP edge resolves bearer tokens by it. */
@Global()
@Module({
  imports: [UsersModule, ApiTokensModule],
  controllers: [AuthenticationController, OwnPasswordController, UnlockController],
  providers: [
    SignInRepository,
    SignInLockRepository,
    SignInFailureRepository,
    SignInFailures,
    SummarizeSignInFailures,
    runsJob(SummarizeSignInFailures),
    SignInLocks,
    PasswordGuesses,
    OwnPassword,
    SignIn,
    UnlockUser,
    PurgeSignInLocks,
    runsJob(PurgeSignInLocks),
    { provide: BearerTokens, useClass: UserBearerTokens },
  ],
  exports: [SignIn, SignInFailures, UnlockUser, BearerTokens],
})
export class AuthenticationModule {}
