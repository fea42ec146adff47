import { HashChain } from '@sallyport/crypto';
import { chainLink, chainSeed, type Frame, frameChainSeed, type Manifest } from '@sallyport/recording-format';
import { sha256Hex } from './check-manifest.js';

/** The hash chain of a manifest, computed anew from what is read. */
export interface PartChain {
  /** Adds a frame, in order. */
  frame(frame: Frame): void;
  /** Returns the value that the manifest must state for the part that was read last, hex. */
  endPart(sha256: string): string;
}

/** Returns the chain of the manifest's version. Version 1 hashes parts; version 2 hashes frames, so it survives every new cut. */
export function partChain({ version, session_id }: Pick<Manifest, 'version' | 'session_id'>): PartChain {
  return version === 1 ? chainOfParts(session_id) : chainOfFrames(session_id);
}

function chainOfParts(sessionId: string): PartChain {
  let value = sha256Hex(chainSeed(sessionId));
  return { frame: () => undefined, endPart: (sha256) => (value = sha256Hex(chainLink(value, sha256))) };
}

function chainOfFrames(sessionId: string): PartChain {
  const chain = HashChain.from(frameChainSeed(sessionId));
  return { frame: (frame) => void chain.add(frame.bytes), endPart: () => chain.head.toString('hex') };
}
