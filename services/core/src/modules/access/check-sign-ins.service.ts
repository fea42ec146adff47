import { Inject, Injectable } from '@nestjs/common';
import type { Ctx } from '@sallyport/context';
import { EndReason } from '@sallyport/proto-gen/access/v1/session';
import type { RevokedSignIn, SignInUse } from '@sallyport/proto-gen/access/v1/sign_in';
import type { RightEnd } from '../perms/index.js';
import { endReasonToPb } from '../sessions/index.js';
import { KnownUsers, SignInCredentials, type RevokedCredential, type Standing } from '../users/index.js';
import { rightEndMessage } from './end-message.js';
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
    const standings = await this.users.standingsOf(ctx, [...new Set(opened.map(({ claims }) => claims.userId))]);
    const revoked = await this.credentials.revokedAt(
      ctx,
      opened.map(({ claims }) => ({ userId: claims.userId, ...claims.credential })),
    );
    return opened.flatMap(({ connection, claims }, at): RevokedSignIn[] => {
      const end = userEnd(standings.get(claims.userId));
      if (end) return [{ connection, reason: endReasonToPb(end), message: rightEndMessage(end) }];
      const part = revoked.get(at);
      return part ? [{ connection, reason: EndReason.SIGN_IN_REVOKED, message: MESSAGES[part] }] : [];
    });
  }

  private open(gatewayId: string, connection: bigint, token: Buffer): OpenedUse[] {
    const claims = this.tokens.open(IDENTITY, token);
    return claims?.gatewayId === gatewayId ? [{ connection, claims }] : [];
  }
}

/** Returns why a user may not sign in any more; undefined if it may. A user without a standing was deleted. */
function userEnd(standing: Standing | undefined): RightEnd | undefined {
  if (!standing) return 'user_deleted';
  if (standing.ok) return undefined;
  return standing.reason === 'disabled' ? 'user_disabled' : 'user_expired';
}

const MESSAGES = {
  key: REFUSALS.keyRemoved.message,
  password: REFUSALS.passwordChanged.message,
} satisfies Record<RevokedCredential, string>;
