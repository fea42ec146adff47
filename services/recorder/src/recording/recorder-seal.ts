import { ByteSigner, ByteVerifier, HashChain, sha256 } from '@sallyport/crypto';
import { frameChainSeed, openSealed, sealBody, sealedBytes } from '@sallyport/recording-format';
import type { Piece } from './plan-extents.js';
import { RecordingDamaged } from './recording.errors.js';

/** A run of frames, put end to end, with the links of the chain at both ends. */
export interface LinkedFrames {
  readonly firstSeq: bigint;
  readonly lastSeq: bigint;
  readonly bytes: Buffer;
  readonly linkBefore: Buffer;
  readonly linkAfter: Buffer;
}

/** Returns the chain of a session before its first frame. */
export const newFrameChain = (sessionId: string): HashChain => HashChain.from(frameChainSeed(sessionId));

/** Seals the objects that recorders store, and opens sealed ones. */
export class RecorderSeal {
  private readonly signer: ByteSigner;
  private readonly verifier: ByteVerifier;

  constructor(privateKeyPem: string, publicKeyPems: readonly string[]) {
    this.signer = new ByteSigner(privateKeyPem);
    this.verifier = new ByteVerifier(publicKeyPems);
  }

  /** Returns the object to store: the frames, then the signed statement that they are what this recorder received. `digest` is their SHA-256. */
  seal(sessionId: string, { firstSeq, lastSeq, bytes, linkBefore, linkAfter }: LinkedFrames, digest = sha256(bytes)): Buffer {
    const body = sealBody({
      ...{ firstSeq, lastSeq, linkBefore, linkAfter },
      sha256: Buffer.from(digest, 'hex'),
      keyId: Buffer.from(this.signer.keyId, 'hex'),
    });
    return Buffer.concat([bytes, body, this.signer.sign(sealedBytes(sessionId, body))]);
  }

  /** Returns the frames of a stored object and their links. Throws RecordingDamaged for anything that no recorder sealed for this place. */
  open(sessionId: string, piece: Piece, object: Buffer): LinkedFrames {
    const opened = openSealed(this.verifier, sessionId, piece, object);
    if ('problem' in opened) throw new RecordingDamaged(piece.name, sessionId, opened.problem);
    const { frames, seal } = opened.sealed;
    return {
      ...{ firstSeq: seal.firstSeq, lastSeq: seal.lastSeq, bytes: Buffer.from(frames) },
      ...{ linkBefore: Buffer.from(seal.linkBefore), linkAfter: Buffer.from(seal.linkAfter) },
    };
  }
}
