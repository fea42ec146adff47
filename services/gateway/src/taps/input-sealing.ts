import { HpkeSender, type AuditorsKey } from '@sallyport/crypto';
import { encodeSealedInput, SEALED_CONTENT_BYTES, sealedHead, sealedInputInfo, type SealedPurpose } from '@sallyport/recording-format';

/** The auditors’ key, and the input that is sealed to it. */
export interface InputSealing {
  readonly key: AuditorsKey;
  /** True if the input of channels without a terminal and the content of files are sealed. Otherwise they are recorded in the clear. */
  readonly sealsInput: boolean;
  /** True if bytes that may be passwords are kept, sealed. Otherwise only their length is recorded. */
  readonly keepsUnseen: boolean;
}

/** Seals the input of one channel. Its HPKE context begins with the first bytes, since it costs more than a frame. */
export class ChannelSealer {
  private sender: HpkeSender | undefined;
  private readonly keyId: Buffer;

  constructor(
    private readonly auditors: AuditorsKey,
    private readonly sessionId: string,
    private readonly channel: number,
  ) {
    this.keyId = Buffer.from(auditors.keyId, 'hex');
  }

  /** Returns the payload of a sealed frame. */
  seal(purpose: SealedPurpose, plaintext: Uint8Array): Buffer {
    this.sender ??= new HpkeSender(this.auditors.key, sealedInputInfo(this.sessionId, this.channel));
    const { enc, nextNumber: number } = this.sender;
    const head = { purpose, number, keyId: this.keyId };
    const payload = encodeSealedInput({ ...head, enc, ciphertext: this.sender.seal(plaintext, sealedHead(head)) });
    return Buffer.from(payload.buffer);
  }
}

/** Cuts bytes into parts that fit one sealed frame each. */
export function* sealedParts(data: Buffer): Generator<Buffer> {
  for (let at = 0; at < data.length; at += SEALED_CONTENT_BYTES) yield data.subarray(at, at + SEALED_CONTENT_BYTES);
}
