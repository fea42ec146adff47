import { Inject, Injectable } from '@nestjs/common';
import type { Ctx } from '@sallyport/context';
import type { Refusal } from '@sallyport/proto-gen/access/v1/authenticate';
import { KnownUsers, SignInCredentials, type KnownUser, type RevokedCredential, type SignInCredential } from '../users/index.js';
import { REFUSALS } from './refusal.js';
import { SEALED_TOKENS, type SealedTokens } from './sealed-token.js';
import { IDENTITY, type IdentityClaims } from './sign-in-tokens.js';

/** A user with a valid sign-in: every decision about access takes one. */
export interface VerifiedActor {
  readonly user: Pick<KnownUser, 'id' | 'username'>;
  readonly sourceIp: string;
  readonly gatewayId: string;
  readonly credential: SignInCredential;
}

export type Verification =
  | { readonly isValid: true; readonly actor: VerifiedActor }
  /** With an actor if the sign-in was valid before: the refusal is audited under its name. */
  | {
      readonly isValid: false;
      readonly refusal: Refusal;
      readonly revoked?: { readonly actor: VerifiedActor; readonly part: RevokedCredential };
    };

/** Reads the sealed proof of a sign-in, and checks that its user may still sign in and that its key or password still counts. */
@Injectable()
export class VerifySignIn {
  constructor(
    private readonly users: KnownUsers,
    private readonly credentials: SignInCredentials,
    @Inject(SEALED_TOKENS) private readonly tokens: SealedTokens,
  ) {}

  /**
   * Returns the claims of a sealed proof, with `client` only of one for this client. Undefined if it is none. Its caller checks that user and
   * credential still count.
   */
  read(token: Buffer, client?: { sourceIp: string; gatewayId: string }): IdentityClaims | undefined {
    const signedIn = this.tokens.open(IDENTITY, token);
    return signedIn && (!client || isOf(signedIn, client)) ? signedIn : undefined;
  }

  /** Verifies the sealed proof of a sign-in. With `client`, a proof for another client is refused. */
  async verify(ctx: Ctx, token: Buffer, client?: { sourceIp: string; gatewayId: string }): Promise<Verification> {
    const signedIn = this.read(token, client);
    if (!signedIn) return { isValid: false, refusal: REFUSALS.signInExpired };
    const user = await this.users.find(ctx, signedIn.userId);
    if (!user?.standing.ok) return { isValid: false, refusal: REFUSALS.userNotActive };
    const { sourceIp, gatewayId, credential } = signedIn;
    const actor: VerifiedActor = { user, sourceIp, gatewayId, credential };
    const part = await this.credentials.revokedPart(ctx, user.id, credential);
    return part ? { isValid: false, refusal: REVOKED[part], revoked: { actor, part } } : { isValid: true, actor };
  }
}

const REVOKED = { key: REFUSALS.keyRemoved, password: REFUSALS.passwordChanged } satisfies Record<RevokedCredential, Refusal>;

const isOf = (signedIn: IdentityClaims, client: { sourceIp: string; gatewayId: string }): boolean =>
  signedIn.sourceIp === client.sourceIp && signedIn.gatewayId === client.gatewayId;
