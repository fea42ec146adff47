import { Inject, Injectable } from '@nestjs/common';
import type { Ctx } from '@sallyport/context';
import { EndReason } from '@sallyport/proto-gen/access/v1/session';
import type { RevokedSignIn, SignInUse } from '@sallyport/proto-gen/access/v1/sign_in';
import { KnownUsers, SignInCredentials, type RevokedCredential } from '../users/index.js';
import { REFUSALS } from './refusal.js';
import { SEALED_TOKENS, type SealedTokens } from './sealed-token.js';
import { IDENTITY, type IdentityClaims } from './sign-in-tokens.js';

/** A connection with the content of its token. */
interface OpenedUse {
  readonly connection: bigint;
  readonly claims: IdentityClaims;
}

/** Finds the connections of a gateway whose sign-in does not count any more. */
@Injectable()
export class CheckSignIns {
  constructor(
    private readonly users: KnownUsers,
    private readonly credentials: SignInCredentials,
    @Inject(SEALED_TOKENS) private readonly tokens: SealedTokens,
  ) {}

  /**
   * Returns the connections that have to end: their user is disabled, expired or deleted, or their key or password is not valid any more. A token
   * that is too old is passed over: it opens no session, and sessions that run may go on. Two queries, however many connections there are.
   */
  async revoked(ctx: Ctx, gatewayId: string, uses: readonly SignInUse[]): Promise<RevokedSignIn[]> {
    const opened = uses.flatMap(({ connection, identityToken }) => this.open(gatewayId, connection, identityToken));
    const active = await this.users.activeAmong(ctx, [...new Set(opened.map(({ claims }) => claims.userId))]);
    const revoked = await this.credentials.revokedAt(
      ctx,
      opened.map(({ claims }) => ({ userId: claims.userId, ...claims.credential })),
    );
    return opened.flatMap(({ connection, claims }, at): RevokedSignIn[] => {
      if (!active.has(claims.userId)) return [{ connection, reason: EndReason.REVOKED, message: REFUSALS.userNotActive.message }];
      const part = revoked.get(at);
      return part ? [{ connection, reason: EndReason.SIGN_IN_REVOKED, message: MESSAGES[part] }] : [];
    });
  }

  private open(gatewayId: string, connection: bigint, token: Buffer): OpenedUse[] {
    const claims = this.tokens.open(IDENTITY, token);
    return claims?.gatewayId === gatewayId ? [{ connection, claims }] : [];
  }
}

const MESSAGES = {
  key: REFUSALS.keyRemoved.message,
  password: REFUSALS.passwordChanged.message,
} satisfies Record<RevokedCredential, string>;
