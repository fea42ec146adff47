import { Inject, Injectable } from '@nestjs/common';
import { sourceOf, type Clock, type OrgCtx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { CLOCK, PasswordHasher } from '../../platform/index.js';
import { AuditLog } from '../audits/index.js';
import { KnownUsers, SshKeys, type KnownUser } from '../users/index.js';
import { SignInBusy } from './authentication.errors.js';
import { KeyedMutex } from './keyed-mutex.js';
import { KeyedConcurrencyLimit } from './keyed-concurrency-limit.js';
import { isLoopback } from './sign-in-lock.policy.js';
import { SignInLocks, type Attempt } from './sign-in-locks.service.js';

/** By which via, for the audit log. */
export type SignInPath = 'api' | 'ssh';

/** A user that proved its identity and may sign in. */
export interface SignedInUser {
  readonly id: string;
  readonly username: string;
  readonly mustChangePassword: boolean;
}

export type SignInResult =
  | { readonly outcome: 'granted'; readonly user: SignedInUser }
  /** The proof is wrong, or the user is unknown, disabled or expired: the client does not learn which. */
  | { readonly outcome: 'wrong' }
  | { readonly outcome: 'locked'; readonly until: Date };

/** Sign-ins that may wait for their turn; a password check takes about 30 ms of one core. */
const MAX_WAITING = 128;

/** Sign-ins under way, the slowed ones among them; those of one source leave room for others. */
const PLACES = { total: 4_096, perKey: 32 };

/** Checks proofs of identity. Every outcome is audited. */
@Injectable()
export class SignIn {
  readonly #turns = new KeyedMutex(MAX_WAITING, () => new SignInBusy());
  readonly #limit = new KeyedConcurrencyLimit(PLACES, () => new SignInBusy());

  constructor(
    private readonly database: Database,
    private readonly users: KnownUsers,
    private readonly keys: SshKeys,
    private readonly locks: SignInLocks,
    private readonly audit: AuditLog,
    private readonly hasher: PasswordHasher,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Checks a password, in the same time for an unknown user. Wrong ones lock the name at the source, and later the source. A name that many sources guess at is answered late. */
  async withPassword(ctx: OrgCtx, attempt: Attempt & { readonly password: string; readonly via: SignInPath }): Promise<SignInResult> {
    const guesser = guesserOf(attempt);
    return this.#limit.run(guesser, async () => {
      const delay = await this.locks.delayOf(ctx, attempt);
      if (delay > 0) await this.clock.sleep(delay, ctx.signal);
      return this.#turns.run(guesser, () => this.checkPassword(ctx, attempt));
    });
  }

  /** Checks a key whose signature has been verified. Returns `wrong` for a key of another user; that is not a guess and locks nothing. */
  async withPublicKey(ctx: OrgCtx, attempt: Attempt & { readonly blob: Buffer; readonly via: SignInPath }): Promise<SignInResult> {
    const user = await this.users.findByUsername(ctx, attempt.username);
    const key = user && (await this.keys.findActive(ctx, user.id)).find(({ blob }) => blob.equals(attempt.blob));
    if (!user || !key) return this.refuse(ctx, attempt, { method: 'public-key', reason: user ? 'unknown key' : 'unknown user' });
    if (!user.standing.ok) return this.refuse(ctx, attempt, { method: 'public-key', reason: user.standing.reason });
    return this.grant(ctx, attempt, user, { method: 'public-key', fingerprint: key.fingerprint }, (inside) =>
      this.keys.recordUse(inside, key.id),
    );
  }

  /** Returns the fingerprints of keys that the user may sign in with; none for a user that is unknown or may not sign in. */
  async acceptableKeys(ctx: OrgCtx, username: string): Promise<readonly string[]> {
    const user = await this.users.findByUsername(ctx, username);
    return user?.standing.ok ? (await this.keys.findActive(ctx, user.id)).map(({ fingerprint }) => fingerprint) : [];
  }

  private async checkPassword(
    ctx: OrgCtx,
    attempt: Attempt & { readonly password: string; readonly via: SignInPath },
  ): Promise<SignInResult> {
    const until = await this.locks.refusedUntil(ctx, attempt);
    if (until) {
      await this.refuse(ctx, attempt, { method: 'password', reason: 'locked' });
      return { outcome: 'locked', until };
    }
    const user = await this.users.findByUsername(ctx, attempt.username);
    const isRight = await this.hasher.verify(guesserOf(attempt), attempt.password, user?.passwordHash);
    if (user && isRight && user.standing.ok)
      return this.grant(ctx, attempt, user, { method: 'password' }, (inside) => this.locks.countSuccess(inside, attempt));
    await this.locks.countFailure(ctx, attempt);
    return this.refuse(ctx, attempt, { method: 'password', reason: reasonOf(user) });
  }

  private async grant(
    ctx: OrgCtx,
    { via, sourceIp }: Attempt & { via: SignInPath },
    user: KnownUser,
    facts: Facts,
    also: (ctx: OrgCtx) => Promise<void>,
  ): Promise<SignInResult> {
    await this.database.run(ctx, async (inside) => {
      await this.users.recordSignIn(inside, user.id);
      await also(inside);
      const actor = { userId: user.id, username: user.username, sourceIp };
      await this.audit.write(inside, { type: 'user.signed-in', outcome: 'success', actor, facts: { via, ...facts } });
    });
    return { outcome: 'granted', user: { id: user.id, username: user.username, mustChangePassword: user.mustChangePassword } };
  }

  private async refuse(ctx: OrgCtx, { username, sourceIp, via }: Attempt & { via: SignInPath }, facts: Facts): Promise<SignInResult> {
    await this.audit.write(ctx, {
      type: 'user.sign-in-refused',
      outcome: 'refused',
      actor: { username, sourceIp },
      facts: { via, ...facts },
    });
    return { outcome: 'wrong' };
  }
}

/** Returns the key under which guesses are counted one after the other. */
const guesserOf = ({ username, sourceIp }: Attempt): string =>
  isLoopback(sourceIp) ? `${sourceIp} ${username.toLowerCase()}` : sourceOf(sourceIp);

type Facts = Readonly<Record<string, string>>;

function reasonOf(user: KnownUser | undefined): string {
  if (!user) return 'unknown user';
  return user.standing.ok ? 'wrong password' : user.standing.reason;
}
