import { z } from 'zod';
import type { TokenKind } from './sealed-token.js';

/** Progress of a sign-in. */
const continuation = z.object({
  username: z.string(),
  sourceIp: z.string(),
  gatewayId: z.string(),
  stage: z.enum(['start', 'password-asked', 'change-needed', 'change-asked']),
  /** Wrong answers to the prompts of a password change. */
  failedAttempts: z.number().int(),
  /** The key that was proven before the password has to be changed. */
  keyId: z.string().nullable(),
});
export type Continuation = z.infer<typeof continuation>;

/** Sent with every step of one sign-in. Outlives the login grace of a gateway by far. */
export const CONTINUATION: TokenKind<Continuation> = { purpose: 'access/continuation', ttlMs: 5 * 60_000, schema: continuation };

const credential = z.object({ keyId: z.string().nullable(), passwordGeneration: z.number().int().nullable() });
const identity = z.object({ userId: z.string(), username: z.string(), sourceIp: z.string(), gatewayId: z.string(), credential });
export type IdentityClaims = z.infer<typeof identity>;

/** Proof of a sign-in, good for as long as one connection may last and its credential is valid. */
export const IDENTITY: TokenKind<IdentityClaims> = { purpose: 'access/identity', ttlMs: 24 * 3_600_000, schema: identity };
