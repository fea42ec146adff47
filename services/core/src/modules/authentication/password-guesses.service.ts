import { Inject, Injectable } from '@nestjs/common';
import { sourceOf, type Clock, type OrgCtx } from '@sallyport/context';
import { CLOCK, PasswordHasher } from '../../platform/index.js';
import { KnownUsers, type KnownUser } from '../users/index.js';
import { SignInBusy } from './authentication.errors.js';
import { KeyedConcurrencyLimit } from './keyed-concurrency-limit.js';
import { KeyedMutex } from './keyed-mutex.js';
import { isLoopback } from './sign-in-lock.policy.js';
import { SignInLocks, type Attempt } from './sign-in-locks.service.js';

/** The outcome of a password. `reason` is for the audit log; the client does not learn it. */
export type GuessResult =
  | { readonly outcome: 'right'; readonly user: KnownUser }
  | { readonly outcome: 'wrong'; readonly reason: string }
  | { readonly outcome: 'locked'; readonly until: Date };

/** Sign-ins that may wait for their turn; a password check takes about 30 ms of one core. */
const MAX_WAITING = 128;

/** Sign-ins under way, the slowed ones among them; those of one source leave room for others. */
const PLACES = { total: 4_096, perKey: 32 };

/** Checks passwords, wherever a client may send one, under the same penalties. */
@Injectable()
export class PasswordGuesses {
  readonly #turns = new KeyedMutex(MAX_WAITING, () => new SignInBusy());
  readonly #limit = new KeyedConcurrencyLimit(PLACES, () => new SignInBusy());

  constructor(
    private readonly users: KnownUsers,
    private readonly locks: SignInLocks,
    private readonly hasher: PasswordHasher,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Checks a password, in the same time for an unknown user, and counts a wrong one. A name that many sources guess at is answered late.
   * No user has an empty password: it is wrong and not a guess. Throws SignInBusy.
   */
  async check(ctx: OrgCtx, attempt: Attempt & { readonly password: string }): Promise<GuessResult> {
    if (attempt.password === '') return { outcome: 'wrong', reason: 'no password' };
    const guesser = guesserOf(attempt);
    return this.#limit.run(guesser, async () => {
      const delay = await this.locks.delayOf(ctx, attempt);
      if (delay > 0) await this.clock.sleep(delay, ctx.signal);
      return this.#turns.run(guesser, () => this.checkInTurn(ctx, attempt));
    });
  }

  private async checkInTurn(ctx: OrgCtx, attempt: Attempt & { readonly password: string }): Promise<GuessResult> {
    const until = await this.locks.refusedUntil(ctx, attempt);
    if (until) return { outcome: 'locked', until };
    const { user } = await this.users.findForSignIn(ctx, attempt.username);
    const isRight = await this.hasher.verify(guesserOf(attempt), attempt.password, user?.passwordHash);
    if (user && isRight && user.standing.ok) {
      await this.locks.countSuccess(ctx, attempt);
      return { outcome: 'right', user };
    }
    await this.locks.countFailure(ctx, attempt);
    return { outcome: 'wrong', reason: reasonOf(user) };
  }
}

/** Returns the key under which guesses are counted one after the other. */
const guesserOf = ({ username, sourceIp }: Attempt): string =>
  isLoopback(sourceIp) ? `${sourceIp} ${username.toLowerCase()}` : sourceOf(sourceIp);

function reasonOf(user: KnownUser | undefined): string {
  if (!user) return 'unknown user';
  return user.standing.ok ? 'wrong password' : user.standing.reason;
}
