import {
  encodeFileContent,
  encodePayload,
  encodeTypedLine,
  FrameKind,
  SealedPurpose,
  type FileContent,
  type TypedLine,
} from '@sallyport/recording-format';
import { ChannelSealer, sealedParts, type InputSealing } from './input-sealing.js';
import type { SessionRecording } from './recording-port.js';

/** The channel whose input is recorded. */
export interface InputChannel {
  readonly sessionId: string;
  readonly channel: number;
}

/** Writes the input of one channel as frames, in the clear or sealed. Input that cannot be sealed is a gap, and ends a strict session. */
export class InputFrames {
  private readonly sealer: Pick<ChannelSealer, 'seal'> | undefined;

  /** `sealer` is that of the channel, unless a test has another. */
  constructor(
    private readonly recording: SessionRecording,
    private readonly place: InputChannel,
    private readonly sealing: InputSealing | undefined,
    sealer?: Pick<ChannelSealer, 'seal'>,
  ) {
    this.sealer = sealer ?? (sealing && new ChannelSealer(sealing.key, place.sessionId, place.channel));
  }

  /** Records bytes of a channel without a terminal. */
  input(data: Buffer): void {
    if (!this.sealing?.sealsInput) return this.append(FrameKind.input, data);
    for (const part of sealedParts(data)) if (!this.seal(SealedPurpose.input, part)) this.notSealed(part.length);
  }

  /** Records a piece of a file's content. */
  fileContent({ id, offset, data }: FileContent): void {
    const payload = encodeFileContent({ id, offset, data });
    if (!this.sealing?.sealsInput) this.append(FrameKind.fileContent, Buffer.from(payload.buffer));
    else if (!this.seal(SealedPurpose.fileContent, payload)) this.notSealed(data.length);
  }

  /** Records bytes that may be a password. Returns false if they are not kept. */
  secret(data: Buffer): boolean {
    if (!this.sealing?.keepsUnseen) return false;
    return [...sealedParts(data)].every((part) => this.seal(SealedPurpose.secret, part));
  }

  /** Records lines that were typed without echo. Returns false if they are not kept. */
  typed(lines: readonly TypedLine[]): boolean {
    if (!this.sealing?.keepsUnseen || lines.length === 0) return false;
    return lines.every((line) => this.seal(SealedPurpose.typed, encodeTypedLine(line)));
  }

  /** Writes a sealed frame. Returns false if the bytes cannot be sealed. */
  private seal(purpose: SealedPurpose, plaintext: Uint8Array): boolean {
    let payload: Buffer | undefined;
    try {
      payload = this.sealer?.seal(purpose, plaintext);
    } catch {
      // The error is not passed on: it could quote the bytes.
    }
    if (payload) this.append(FrameKind.sealed, payload);
    else this.recording.cannotRecord('input could not be sealed to the auditors’ key');
    return payload !== undefined;
  }

  /** Marks bytes that could not be sealed. Without a hash, from which they could be guessed. */
  private notSealed(bytes: number): void {
    this.append(FrameKind.gap, Buffer.from(encodePayload(FrameKind.gap, { bytes, why: 'not-sealed', stream: 'input' })));
  }

  private append(kind: FrameKind, payload: Buffer): void {
    this.recording.append(this.place.channel, kind, payload);
  }
}
