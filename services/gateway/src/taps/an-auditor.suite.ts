import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { HpkeReceiver, keyIdOf } from '@sallyport/crypto';
import { decodeSealedInput, decodeTypedLine, FrameKind, sealedHead, sealedInputInfo, SealedPurpose } from '@sallyport/recording-format';
import type { InputSealing } from './input-sealing.js';
import type { MemoryRecording } from '../../test/memory-recordings.js';

/** An auditor with a key that opens the sealed frames of a recording. */
export class AnAuditor {
  private readonly pair = generateKeyPairSync('x25519');

  sealing(what: Partial<Omit<InputSealing, 'key'>>): InputSealing {
    const { publicKey: key } = this.pair;
    return {
      key: { key, keyId: keyIdOf(createPublicKey(key.export({ format: 'pem', type: 'spki' }))) },
      sealsInput: false,
      keepsUnseen: false,
      ...what,
    };
  }

  /** Returns the plaintext of a payload; undefined if it does not open there. */
  open(payload: Uint8Array, sessionId: string, channel: number): Buffer | undefined {
    const sealed = decodeSealedInput(payload);
    const receiver = new HpkeReceiver(this.pair.privateKey, sealed.enc, sealedInputInfo(sessionId, channel));
    return receiver.open(sealed.number, sealed.ciphertext, sealedHead(sealed));
  }

  /** Returns what is sealed in a recording for one purpose, put end to end. */
  opened(recording: MemoryRecording, purpose: SealedPurpose, sessionId = recording.meta.session_id ?? 's-1'): Buffer {
    const frames = recording.frames.filter(({ kind, payload }) => kind === FrameKind.sealed && payload[1] === purpose);
    return Buffer.concat(frames.map(({ payload, channel }) => this.open(payload, sessionId, channel) ?? Buffer.from('(does not open)')));
  }

  /** Returns the typed lines that are sealed in a recording. */
  typed(recording: MemoryRecording): string[] {
    const frames = recording.frames.filter(({ kind, payload }) => kind === FrameKind.sealed && payload[1] === SealedPurpose.typed);
    const plain = frames.map(({ payload, channel }) => this.open(payload, recording.meta.session_id, channel) ?? Buffer.alloc(8));
    return plain.map((bytes) => Buffer.from(decodeTypedLine(bytes).keys).toString());
  }
}
