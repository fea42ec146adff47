import { Inject, Injectable } from '@nestjs/common';
import type { OrgCtx } from '@sallyport/context';
import type { AuthenticateRequest, AuthenticateResponse, Refusal } from '@sallyport/proto-gen/access/v1/authenticate';
import { SignIn, type SignedInUser, type SignInResult } from '../authentication/index.js';
import { attemptOf, type Attempt } from './attempt.js';
import { ChangePasswordStep, type ChangeResult } from './change-password.step.js';
import { REFUSALS } from './refusal.js';
import { SEALED_TOKENS, type SealedTokens } from './sealed-token.js';
import { askForChange, askForPassword, askForProof, changeNeeded, proofFailed, type Step } from './sign-in-dialog.js';
import { CONTINUATION, IDENTITY, type Continuation } from './sign-in-tokens.js';

type Stage = Pick<Continuation, 'stage' | 'failedAttempts' | 'keyId'>;
const START: Stage = { stage: 'start', failedAttempts: 0, keyId: null };

/**
 * Signing in over SSH, step by step. Nothing is kept between steps but what the sealed continuation carries, so that any replica
 * takes any step. Unknown, disabled and expired users get the answers of a wrong proof, after the same work.
 */
@Injectable()
export class Authenticate {
  constructor(
    private readonly signIn: SignIn,
    private readonly change: ChangePasswordStep,
    @Inject(SEALED_TOKENS) private readonly tokens: SealedTokens,
  ) {}

  async step(ctx: OrgCtx, request: AuthenticateRequest): Promise<AuthenticateResponse> {
    const attempt = attemptOf(request.username, request.client);
    const stage = this.stageOf(attempt, request.continuation);
    if (!stage) return refused(REFUSALS.tooLate);
    const { proof } = request;
    switch (proof?.$case) {
      case undefined:
        return this.next(attempt, START, askForProof(await this.keysOf(ctx, attempt)));
      case 'publicKey':
        return this.judge(ctx, attempt, await this.signIn.withPublicKey(ctx, { ...attempt, blob: proof.value.blob, via: 'ssh' }));
      case 'password':
        return this.judge(ctx, attempt, await this.signIn.withPassword(ctx, { ...attempt, password: proof.value, via: 'ssh' }));
      case 'answers':
        return this.interactive(ctx, attempt, stage, proof.value.answers);
    }
  }

  private async interactive(ctx: OrgCtx, attempt: Attempt, stage: Stage, answers: readonly string[]): Promise<AuthenticateResponse> {
    const isChange = stage.stage === 'change-needed' || stage.stage === 'change-asked';
    if (answers.length === 0) {
      return isChange
        ? this.next(attempt, { ...stage, stage: 'change-asked' }, askForChange())
        : this.next(attempt, { ...START, stage: 'password-asked' }, askForPassword());
    }
    if (stage.stage === 'change-asked') return this.changed(attempt, stage, await this.change.take(ctx, attempt, answers));
    const [password] = answers;
    if (stage.stage !== 'password-asked' || password === undefined)
      return this.next(attempt, START, proofFailed(await this.keysOf(ctx, attempt)));
    const result = await this.signIn.withPassword(ctx, { ...attempt, password, via: 'ssh' });
    // The prompts are open already: the change goes on in them.
    if (result.outcome === 'granted' && result.user.mustChangePassword)
      return this.next(attempt, { ...START, stage: 'change-asked' }, askForChange());
    return this.judge(ctx, attempt, result);
  }

  private changed(attempt: Attempt, stage: Stage, result: ChangeResult): AuthenticateResponse {
    switch (result.outcome) {
      case 'changed':
        return this.granted(attempt, withKey(result.user, stage.keyId));
      case 'locked':
        return refused(REFUSALS.locked);
      case 'failed':
        return stage.failedAttempts >= MAX_FAILED_ATTEMPTS - 1
          ? refused(REFUSALS.passwordNotChanged)
          : this.next(attempt, { ...stage, failedAttempts: stage.failedAttempts + 1 }, askForChange(result.problem));
    }
  }

  private async judge(ctx: OrgCtx, attempt: Attempt, result: SignInResult): Promise<AuthenticateResponse> {
    switch (result.outcome) {
      case 'granted':
        return result.user.mustChangePassword
          ? this.next(attempt, { ...START, stage: 'change-needed', keyId: result.user.credential.keyId }, changeNeeded())
          : this.granted(attempt, result.user);
      case 'wrong':
        return this.next(attempt, START, proofFailed(await this.keysOf(ctx, attempt)));
      case 'locked':
        return refused(REFUSALS.locked);
    }
  }

  private granted({ sourceIp, gatewayId }: Attempt, { id: userId, username, credential }: SignedInUser): AuthenticateResponse {
    const token = this.tokens.seal(IDENTITY, { userId, username, sourceIp, gatewayId, credential });
    return { outcome: { $case: 'granted', value: { userId, username, token, mustChangePassword: false } } };
  }

  private next(attempt: Attempt, stage: Stage, step: Step): AuthenticateResponse {
    const continuation = this.tokens.seal(CONTINUATION, { ...attempt, ...stage });
    return { outcome: { $case: 'next', value: { ...step, continuation } } };
  }

  /** Returns the stage of this sign-in; undefined for a continuation that is too old, or of another user, client or gateway. */
  private stageOf(attempt: Attempt, continuation: Buffer): Stage | undefined {
    if (continuation.length === 0) return START;
    const known = this.tokens.open(CONTINUATION, continuation);
    const isTheirs = known?.username === attempt.username && known.sourceIp === attempt.sourceIp && known.gatewayId === attempt.gatewayId;
    return isTheirs ? known : undefined;
  }

  private async keysOf(ctx: OrgCtx, { username }: Attempt): Promise<string[]> {
    return [...(await this.signIn.acceptableKeys(ctx, username))];
  }
}

/** Tries at the prompts of a password change: as many as sshd allows. */
const MAX_FAILED_ATTEMPTS = 3;

/** Returns the user as signed in with a key too, if there was one. */
const withKey = (user: SignedInUser, keyId: string | null): SignedInUser => ({ ...user, credential: { ...user.credential, keyId } });

const refused = (refusal: Refusal): AuthenticateResponse => ({ outcome: { $case: 'refused', value: refusal } });
