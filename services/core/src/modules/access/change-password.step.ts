import { Injectable } from '@nestjs/common';
import type { OrgCtx } from '@sallyport/context';
import { AppError } from '@sallyport/errors';
import { SignIn, type SignedInUser } from '../authentication/index.js';
import { Passwords } from '../users/index.js';
import type { Attempt } from './attempt.js';

export type ChangeResult =
  | { readonly outcome: 'changed'; readonly user: SignedInUser }
  | { readonly outcome: 'locked' }
  /** The answers were not accepted; `problem` is shown to the user. */
  | { readonly outcome: 'failed'; readonly problem: string };

/** Takes the answers to the prompts of a password change. */
@Injectable()
export class ChangePasswordStep {
  constructor(
    private readonly signIn: SignIn,
    private readonly passwords: Passwords,
  ) {}

  /** Checks the answers. A wrong current password counts like any other, also after a sign-in by key. */
  async take(ctx: OrgCtx, attempt: Attempt, answers: readonly string[]): Promise<ChangeResult> {
    const [oldPassword, newPassword, again] = answers;
    if (oldPassword === undefined || newPassword === undefined || again === undefined)
      return { outcome: 'failed', problem: 'Answer all three questions.' };
    if (newPassword !== again) return { outcome: 'failed', problem: 'The new passwords do not match.' };
    const proof = await this.signIn.withPassword(ctx, { ...attempt, password: oldPassword, via: 'ssh' });
    if (proof.outcome === 'locked') return { outcome: 'locked' };
    if (proof.outcome === 'wrong') return { outcome: 'failed', problem: 'The current password is not right.' };
    const problem = await this.changePassword(ctx, attempt, proof.user, { oldPassword, newPassword });
    return problem === undefined ? { outcome: 'changed', user: withNewPassword(proof.user) } : { outcome: 'failed', problem };
  }

  /** Returns the problem of the new password; undefined if it has none. */
  private async changePassword(
    ctx: OrgCtx,
    { sourceIp }: Attempt,
    { id: userId, username }: SignedInUser,
    change: { oldPassword: string; newPassword: string },
  ): Promise<string | undefined> {
    try {
      await this.passwords.changeOwn({ ...ctx, actor: { kind: 'user', userId, username, sourceIp } }, userId, change);
      return undefined;
    } catch (error) {
      if (error instanceof AppError && error.kind === 'invalid') return `${error.message}.`;
      throw error;
    }
  }
}

/** Returns the user as signed in with the changed password. A change by another request meanwhile makes it a sign-in that is not valid. */
function withNewPassword(user: SignedInUser): SignedInUser {
  const { keyId, passwordGeneration } = user.credential;
  return { ...user, credential: { keyId, passwordGeneration: (passwordGeneration ?? 0) + 1 } };
}
