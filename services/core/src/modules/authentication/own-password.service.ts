import { Inject, Injectable } from '@nestjs/common';
import type { Clock, OrgCtx } from '@sallyport/context';
import { CLOCK } from '../../platform/index.js';
import { OldPasswordWrong, Passwords } from '../users/index.js';
import { SignInLocked } from './authentication.errors.js';
import { PasswordGuesses } from './password-guesses.service.js';
import { SignInFailures } from './sign-in-failures.service.js';
import type { Attempt } from './sign-in-locks.service.js';

/** A change of the own password over REST. */
export interface OwnPasswordRequest extends Attempt {
  readonly userId: string;
  readonly oldPassword: string;
  readonly newPassword: string;
  /** Bearer token of the request; it stays valid. */
  readonly tokenId: string;
}

/** Changes the own password. The current one is checked like at a sign-in: a stolen bearer token does not allow guessing. */
@Injectable()
export class OwnPassword {
  constructor(
    private readonly guesses: PasswordGuesses,
    private readonly passwords: Passwords,
    private readonly failures: SignInFailures,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Ends the user's other sign-ins. Throws OldPasswordWrong, SignInLocked and SignInBusy, and as `Passwords.changeOwn` does. */
  async change(ctx: OrgCtx, { userId, oldPassword, newPassword, tokenId, ...attempt }: OwnPasswordRequest): Promise<void> {
    const guess = await this.guesses.check(ctx, { ...attempt, password: oldPassword });
    if (guess.outcome !== 'right') {
      const reason = guess.outcome === 'locked' ? 'locked' : guess.reason;
      await this.failures.count(ctx, { type: 'user.password-change-refused', ...attempt, reason, facts: { via: 'api' } });
    }
    if (guess.outcome === 'locked') throw new SignInLocked(Math.ceil((guess.until.getTime() - this.clock.now()) / 1000));
    if (guess.outcome === 'wrong') throw new OldPasswordWrong();
    await this.passwords.changeOwn(ctx, userId, { oldPassword, newPassword, keepTokenId: tokenId });
  }
}
