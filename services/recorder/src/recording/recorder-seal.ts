import { ByteSigner, ByteVerifier, HashChain } from '@sallyport/crypto';
import { frameChainSeed, sealBody, sealedBytes, type SealedObject, splitSealed } from '@sallyport/recording-format';
import type { Piece } from './plan-extents.js';
import { RecordingDamaged } from './recording.errors.js';
import { sha256 } from './sha256.js';

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

  /** Returns the object to store: the frames, then the signed statement that they are what this recorder received. */
  seal(sessionId: string, { firstSeq, lastSeq, bytes, linkBefore, linkAfter }: LinkedFrames): Buffer {
    const body = sealBody({
      ...{ firstSeq, lastSeq, linkBefore, linkAfter },
      sha256: sha256(bytes),
      keyId: Buffer.from(this.signer.keyId, 'hex'),
    });
    return Buffer.concat([bytes, body, this.signer.sign(sealedBytes(sessionId, body))]);
  }

  /** Returns the frames of a stored object and their links. Throws RecordingDamaged for anything that no recorder sealed for this place. */
  open(sessionId: string, piece: Piece, object: Buffer): LinkedFrames {
    const sealed = splitSealed(object);
    const refuse = (why: string): never => {
      throw new RecordingDamaged(piece.name, sessionId, why);
    };
    if (sealed === undefined) return refuse('no recorder sealed it: it was put there, cut, or written before format version 2');
    const { seal } = sealed;
    this.check(sessionId, sealed, refuse);
    if (seal.firstSeq !== piece.firstSeq || seal.lastSeq !== piece.lastSeq)
      return refuse(`its seal is that of frames ${seal.firstSeq} to ${seal.lastSeq}: it was renamed`);
    return {
      ...{ firstSeq: seal.firstSeq, lastSeq: seal.lastSeq, bytes: Buffer.from(sealed.frames) },
      ...{ linkBefore: Buffer.from(seal.linkBefore), linkAfter: Buffer.from(seal.linkAfter) },
    };
  }

  private check(sessionId: string, { frames, seal, body, signature }: SealedObject, refuse: (why: string) => never): void {
    const keyId = Buffer.from(seal.keyId).toString('hex');
    const isSigned = this.verifier.verify(keyId, sealedBytes(sessionId, body), signature);
    if (isSigned === undefined) refuse(`it was sealed with key ${keyId}, not with the given ${this.verifier.keyIds.join(', ')}`);
    if (!isSigned) refuse('its seal does not match: it was changed, or it is that of another session');
    if (!sha256(frames).equals(seal.sha256)) refuse('its frames were changed after it was sealed');
  }
}
