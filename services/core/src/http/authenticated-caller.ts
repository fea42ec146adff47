import type { Role } from '@sallyport/contracts';
import type { Ctx } from '@sallyport/context';
import type { FastifyRequest } from 'fastify';

/** The user of a bearer token. */
export interface AuthenticatedCaller {
  readonly userId: string;
  readonly username: string;
  readonly role: Role;
  readonly mustChangePassword: boolean;
  /** Id of the token's row. */
  readonly tokenId: string;
}

/** Resolves bearer tokens; the authentication module provides it. */
export abstract class BearerTokens {
  /** Returns the caller; undefined for a token that is unknown or expired, or of a user that may not sign in any more. */
  abstract resolve(ctx: Ctx, token: string): Promise<AuthenticatedCaller | undefined>;
}

/** Returns the bearer token that a request carries; undefined if it has none of the right form. */
export const bearerTokenOf = ({ headers }: FastifyRequest): string | undefined =>
  /^Bearer +([A-Za-z0-9_-]{1,256})$/i.exec(headers.authorization ?? '')?.[1];
