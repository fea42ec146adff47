import { Inject, Injectable } from '@nestjs/common';
import type { Clock, OrgCtx } from '@sallyport/context';
import { CLOCK } from '../../platform/index.js';
import { AuditLog } from '../audits/index.js';
import { KnownUsers, type KnownUser, type SignInCredential } from '../users/index.js';
import { PasswordGuesses } from './password-guesses.service.js';
import { SignInFailures } from './sign-in-failures.service.js';
import { SignInLocks, type Attempt } from './sign-in-locks.service.js';
import { SignInRepository } from './sign-in.repository.js';

/** By which via, for the audit log. */
export type SignInPath = 'api' | 'ssh';

/** A user that proved its identity and may sign in. */
export interface SignedInUser {
  readonly id: string;
  readonly username: string;
  readonly mustChangePassword: boolean;
  /** The sign-in is valid for as long as this is. */
  readonly credential: SignInCredential;
}

export type SignInResult =
  | { readonly outcome: 'granted'; readonly user: SignedInUser }
  /** The proof is wrong, or the user is unknown, disabled or expired: the client does not learn which. */
  | { readonly outcome: 'wrong' }
  | { readonly outcome: 'locked'; readonly until: Date };

/** Checks proofs of identity. Every outcome is audited; repeated failures are counted. */
@Injectable()
export class SignIn {
  constructor(
    private readonly signIns: SignInRepository,
    private readonly users: KnownUsers,
    private readonly guesses: PasswordGuesses,
    private readonly locks: SignInLocks,
    private readonly failures: SignInFailures,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Checks a password. Throws SignInBusy. */
  async withPassword(ctx: OrgCtx, attempt: Attempt & { readonly password: string; readonly via: SignInPath }): Promise<SignInResult> {
    const result = await this.guesses.check(ctx, attempt);
    switch (result.outcome) {
      case 'right':
        return this.grant(ctx, attempt, result.user, {
          credential: { keyId: null, passwordGeneration: result.user.passwordGeneration },
          facts: { method: 'password' },
        });
      case 'wrong':
        return this.refuse(ctx, attempt, { method: 'password', reason: result.reason });
      case 'locked':
        await this.refuse(ctx, attempt, { method: 'password', reason: 'locked' });
        return result;
    }
  }

  /** Checks a key whose signature has been verified. Returns `wrong` for a key of another user; that is not a guess and locks nothing. */
  async withPublicKey(ctx: OrgCtx, attempt: Attempt & { readonly blob: Buffer; readonly via: SignInPath }): Promise<SignInResult> {
    const { user, keys } = await this.users.findForSignIn(ctx, attempt.username);
    const key = keys.find(({ blob }) => blob.equals(attempt.blob));
    if (!user) return this.refuse(ctx, attempt, { method: 'public-key', reason: 'unknown user' });
    if (!user.standing.ok) return this.refuse(ctx, attempt, { method: 'public-key', reason: user.standing.reason });
    if (!key) return this.refuse(ctx, attempt, { method: 'public-key', reason: 'unknown key' });
    return this.grant(ctx, attempt, user, {
      credential: { keyId: key.id, passwordGeneration: null },
      facts: { method: 'public-key', fingerprint: key.fingerprint },
    });
  }

  /** Returns the fingerprints of keys that the user may sign in with; none for a user that is unknown or may not sign in. */
  async acceptableKeys(ctx: OrgCtx, username: string): Promise<readonly string[]> {
    return (await this.users.findForSignIn(ctx, username)).keys.map(({ fingerprint }) => fingerprint);
  }

  private async grant(
    ctx: OrgCtx,
    { via, sourceIp }: Attempt & { via: SignInPath },
    user: KnownUser,
    { credential, facts }: { credential: SignInCredential; facts: Facts },
  ): Promise<SignInResult> {
    const { id, username, mustChangePassword } = user;
    const known = this.locks.knownSource({ username, sourceIp });
    const signIn = { userId: id, at: new Date(this.clock.now()), keyId: credential.keyId, known };
    const event = {
      type: 'user.signed-in',
      outcome: 'success',
      actor: { userId: id, username, sourceIp },
      facts: { via, ...facts },
    } as const;
    await this.audit.writeWith(ctx, event, async (json) => {
      await this.signIns.record(ctx, signIn, json);
      return true;
    });
    return { outcome: 'granted', user: { id, username, mustChangePassword, credential } };
  }

  private async refuse(
    ctx: OrgCtx,
    { username, sourceIp, via }: Attempt & { via: SignInPath },
    { method, reason }: { method: 'password' | 'public-key'; reason: string },
  ): Promise<SignInResult> {
    await this.failures.count(ctx, { type: 'user.sign-in-refused', username, sourceIp, reason, facts: { via, method } });
    return { outcome: 'wrong' };
  }
}

type Facts = Readonly<Record<string, string>>;
