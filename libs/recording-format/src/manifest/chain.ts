/**
 * Returns the bytes that are hashed (SHA-256) for the link before frame 1. They bind the chain to the session. Link n is SHA-256 of link
 * n−1 and frame n (FORMAT.md, "Chain").
 */
export const frameChainSeed = (sessionId: string): Uint8Array => new TextEncoder().encode(`sallyport recording v2\n${sessionId}\n`);

/** Returns the bytes that are hashed (SHA-256) for the chain value before the first part, in a manifest of version 1. */
export const chainSeed = (sessionId: string): Uint8Array => new TextEncoder().encode(`sallyport recording v1\n${sessionId}\n`);

/** Returns the bytes that are hashed (SHA-256) for a part's chain value in a manifest of version 1: the value before it and the part's own hash, as 64 raw bytes. */
export function chainLink(previousHex: string, partHex: string): Uint8Array {
  const both = previousHex + partHex;
  return Uint8Array.from({ length: 64 }, (_, at) => Number.parseInt(both.slice(at * 2, at * 2 + 2), 16));
}
