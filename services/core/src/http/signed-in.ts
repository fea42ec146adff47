import type { Role } from '@sallyport/contracts';
import type { Ctx } from '@sallyport/context';

/** Who stands behind a bearer token. */
export interface SignedIn {
  readonly userId: string;
  readonly username: string;
  readonly role: Role;
  readonly mustChangePassword: boolean;
  /** Id of the token's row. */
  readonly tokenId: string;
}

/** Finds who stands behind a bearer token; the authentication module provides it. */
export abstract class BearerTokens {
  /** Undefined for a token that is unknown or expired, or whose user may no longer sign in. */
  abstract resolve(ctx: Ctx, token: string): Promise<SignedIn | undefined>;
}
