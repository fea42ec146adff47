import { hex } from '../hex.js';
import type { Extent } from './object-name.js';
import { sealedBytes, type SealedObject, splitSealed } from './segment-seal.js';

/** Verifies signatures and hashes: this library has no cryptography of its own. */
export interface SealVerifier {
  /** Ids of the keys that may have sealed, hex. */
  readonly keyIds: readonly string[];
  /** Returns undefined for a key that is not among them. */
  verify(keyId: string, bytes: Uint8Array, signature: Uint8Array): boolean | undefined;
  /** Returns SHA-256 in hex. */
  sha256(bytes: Uint8Array): string;
}

/** A sealed object, or the reason why no recorder sealed it for this session and these frames. */
export type OpenedSeal = { readonly sealed: SealedObject } | { readonly problem: string };

/** Opens a stored object. Throws FrameCorrupt for a seal that can't be read. */
export function openSealed(
  verifier: SealVerifier,
  sessionId: string,
  place: Pick<Extent, 'firstSeq' | 'lastSeq'>,
  object: Uint8Array,
): OpenedSeal {
  const sealed = splitSealed(object);
  if (sealed === undefined) return { problem: 'no recorder sealed it: it was put there, cut, or written before format version 2' };
  const { frames, seal, body, signature } = sealed;
  const keyId = hex(seal.keyId);
  const isSigned = verifier.verify(keyId, sealedBytes(sessionId, body), signature);
  if (isSigned === undefined) return { problem: `it was sealed with key ${keyId}, not with a given key (${verifier.keyIds.join(', ')})` };
  if (!isSigned) return { problem: 'its seal does not match: it was changed, or it is that of another session' };
  if (verifier.sha256(frames) !== hex(seal.sha256)) return { problem: 'its frames were changed after it was sealed' };
  if (seal.firstSeq !== place.firstSeq || seal.lastSeq !== place.lastSeq)
    return { problem: `its seal is that of frames ${seal.firstSeq} to ${seal.lastSeq}: it was renamed` };
  return { sealed };
}
