import { type HashChain, sha256 } from '@sallyport/crypto';
import { type Extent, extentName, type Frame } from '@sallyport/recording-format';
import type { RecorderSeal } from './recorder-seal.js';
import { storedPart, type StoredPart } from './stored-part.js';

/** A run of frames as an object of the store. */
export interface FrameObject {
  readonly stored: StoredPart;
  readonly linkAfter: Buffer;
  /** The frames and their seal. */
  readonly object: Buffer;
}

/** Returns the object of frames, at least one, that follow each other. Adds them to the chain. */
export function objectOf(
  sessionId: string,
  kind: Extent['kind'],
  frames: readonly Frame[],
  chain: HashChain,
  seals: RecorderSeal,
): FrameObject {
  const bytes = Buffer.concat(frames.map((frame) => frame.bytes));
  const digest = sha256(bytes);
  const [firstSeq, lastSeq] = [frames[0]!.seq, frames.at(-1)!.seq];
  const linkBefore = chain.head;
  for (const frame of frames) chain.add(frame.bytes);
  const linkAfter = chain.head;
  const name = extentName({ kind, firstSeq, lastSeq, digest: digest.slice(0, 16) });
  return {
    stored: storedPart({ name, frames, bytes, digest, linkBefore, linkAfter }),
    linkAfter,
    object: seals.seal(sessionId, { firstSeq, lastSeq, bytes, linkBefore, linkAfter }, digest),
  };
}
