import { Injectable } from '@nestjs/common';
import type { Ctx } from '@sallyport/context';
import { BearerTokens, type AuthenticatedCaller } from '../../http/index.js';
import { ApiTokens } from '../api-tokens/index.js';
import { KnownUsers } from '../users/index.js';

/** Resolves tokens of users that may sign in now: a disabled or expired user is refused at the next request. */
@Injectable()
export class UserBearerTokens extends BearerTokens {
  constructor(
    private readonly tokens: ApiTokens,
    private readonly users: KnownUsers,
  ) {
    super();
  }

  override async resolve(ctx: Ctx, token: string): Promise<AuthenticatedCaller | undefined> {
    const found = await this.tokens.find(ctx, token);
    if (!found) return undefined;
    const user = await this.users.find(ctx, found.userId);
    if (!user?.standing.ok) return undefined;
    return { userId: user.id, username: user.username, role: user.role, mustChangePassword: user.mustChangePassword, tokenId: found.id };
  }
}
