import { Inject, Injectable } from '@nestjs/common';
import type { Ctx } from '@sallyport/context';
import type { Refusal } from '@sallyport/proto-gen/access/v1/authenticate';
import { KnownUsers, type KnownUser } from '../users/index.js';
import { REFUSALS } from './refusal.js';
import { SEALED_TOKENS, type SealedTokens } from './sealed-token.js';
import { IDENTITY, type IdentityClaims } from './sign-in-tokens.js';

/** A user with a valid sign-in: every decision about access takes one. */
export interface VerifiedActor {
  readonly user: Pick<KnownUser, 'id' | 'username'>;
  readonly sourceIp: string;
  readonly gatewayId: string;
}

export type Verification =
  | { readonly isValid: true; readonly actor: VerifiedActor }
  | { readonly isValid: false; readonly refusal: Refusal };

/** Reads the sealed proof of a sign-in, and looks whether its user may still come in. */
@Injectable()
export class VerifySignIn {
  constructor(
    private readonly users: KnownUsers,
    @Inject(SEALED_TOKENS) private readonly tokens: SealedTokens,
  ) {}

  /** Verifies the sealed proof of a sign-in. With `client`, a proof for another client is refused. */
  async verify(ctx: Ctx, token: Buffer, client?: { sourceIp: string; gatewayId: string }): Promise<Verification> {
    const signedIn = this.tokens.open(IDENTITY, token);
    if (!signedIn || (client && !isOf(signedIn, client))) return { isValid: false, refusal: REFUSALS.signInExpired };
    const user = await this.users.find(ctx, signedIn.userId);
    if (!user?.standing.ok) return { isValid: false, refusal: REFUSALS.userNotActive };
    return { isValid: true, actor: { user, sourceIp: signedIn.sourceIp, gatewayId: signedIn.gatewayId } };
  }
}

const isOf = (signedIn: IdentityClaims, client: { sourceIp: string; gatewayId: string }): boolean =>
  signedIn.sourceIp === client.sourceIp && signedIn.gatewayId === client.gatewayId;
