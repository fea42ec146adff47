import { Inject, Injectable } from '@nestjs/common';
import { uuidv7, type Clock, type Ctx } from '@sallyport/context';
import { randomToken, sha256 } from '@sallyport/crypto';
import { CLOCK } from '../../platform/index.js';
import { ApiTokenRepository } from './api-token.repository.js';

/** Lifetime of a bearer token. */
const TTL_MS = 24 * 3_600_000;

/** A token as it is given out, once. */
export interface IssuedToken {
  readonly token: string;
  readonly expiresAt: Date;
}

/** Bearer tokens: given out once, kept as SHA-256 alone. */
@Injectable()
export class ApiTokens {
  constructor(
    private readonly tokens: ApiTokenRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async issue(ctx: Ctx, userId: string, sourceIp: string): Promise<IssuedToken> {
    const now = new Date(this.clock.now());
    const token = randomToken();
    const expiresAt = new Date(now.getTime() + TTL_MS);
    await this.tokens.removeExpired(ctx, now);
    await this.tokens.add(ctx, { id: uuidv7(), userId, sourceIp, tokenHash: hashOf(token), dateCreated: now, dateExpired: expiresAt });
    return { token, expiresAt };
  }

  /** Returns the user of a token; undefined if it is unknown or has expired. */
  async find(ctx: Ctx, token: string): Promise<{ id: string; userId: string } | undefined> {
    return this.tokens.findLive(ctx, hashOf(token), new Date(this.clock.now()));
  }

  /** Ends every sign-in of a user, but for the one that asks. */
  async revokeAll(ctx: Ctx, userId: string, keepId?: string): Promise<void> {
    await this.tokens.removeOfUser(ctx, userId, keepId);
  }

  async revoke(ctx: Ctx, id: string): Promise<void> {
    await this.tokens.remove(ctx, id);
  }
}

const hashOf = (token: string): Buffer => Buffer.from(sha256(token), 'hex');
