import { Injectable } from '@nestjs/common';
import type { Ctx } from '@sallyport/context';
import { BearerTokens, type SignedIn } from '../../http/index.js';
import { ApiTokens } from '../api-tokens/index.js';
import { Users } from '../users/index.js';

/** A token is as good as its user is now: who is disabled or expires is out at the next request. */
@Injectable()
export class UserBearerTokens extends BearerTokens {
  constructor(
    private readonly tokens: ApiTokens,
    private readonly users: Users,
  ) {
    super();
  }

  override async resolve(ctx: Ctx, token: string): Promise<SignedIn | undefined> {
    const found = await this.tokens.find(ctx, token);
    if (!found) return undefined;
    const user = await this.users.find(ctx, found.userId);
    if (!user?.standing.ok) return undefined;
    return { userId: user.id, username: user.username, role: user.role, mustChangePassword: user.mustChangePassword, tokenId: found.id };
  }
}
