import type { Clock } from '@sallyport/context';
import type { Sealer } from '@sallyport/crypto';
import { z } from 'zod';

/** Content and lifetime of a kind of token. */
export interface TokenKind<T> {
  /** Bound into the seal: a token of one kind never opens as another. */
  readonly purpose: string;
  readonly ttlMs: number;
  readonly schema: z.ZodType<T>;
}

/** Makes and reads tokens that only core can open: what is inside was said by core, for this purpose, a short while ago. */
export interface SealedTokens {
  seal<T>(kind: TokenKind<T>, value: T): Buffer;
  /** Returns the value; undefined for a token that is forged, altered, of another kind or too old. */
  open<T>(kind: TokenKind<T>, token: Buffer): T | undefined;
}

export const SEALED_TOKENS = Symbol('SealedTokens');

const envelope = z.object({ expiresAt: z.number(), value: z.unknown() });

export function sealedTokens(sealer: Pick<Sealer, 'seal' | 'open'>, clock: Pick<Clock, 'now'>): SealedTokens {
  return {
    seal(kind, value) {
      const body = JSON.stringify({ expiresAt: clock.now() + kind.ttlMs, value });
      return Buffer.from(sealer.seal(Buffer.from(body), kind.purpose));
    },
    open(kind, token) {
      const body = unseal(sealer, token, kind.purpose);
      const parsed = envelope.safeParse(body);
      if (!parsed.success || parsed.data.expiresAt <= clock.now()) return undefined;
      return kind.schema.safeParse(parsed.data.value).data;
    },
  };
}

function unseal(sealer: Pick<Sealer, 'open'>, token: Buffer, purpose: string): unknown {
  try {
    return JSON.parse(sealer.open(token.toString('latin1'), purpose).toString());
  } catch {
    // Whatever is wrong with it, a token that does not open proves nothing.
    return undefined;
  }
}
