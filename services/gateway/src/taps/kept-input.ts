import { createHash } from 'node:crypto';
import type { ChannelRecorder } from './channel-recorder.js';

/** Most input that the recording keeps of one channel, unless the settings say otherwise. */
export const MAX_INPUT_BYTES = 8 * 1024 * 1024;

/** Records the input of one channel as bytes up to a limit; the rest by length and hash. Every byte is hashed once. */
export class KeptInput {
  private hash = createHash('sha256');
  private keptBytes = 0;
  private restBytes = 0;
  private keptHash: string | undefined;

  /** `maxBytes` is the limit; 0 records all input. */
  constructor(
    private readonly recorder: ChannelRecorder,
    private readonly maxBytes: number,
    private readonly isSealed = false,
  ) {}

  /** Returns how much input there was. */
  get bytes(): number {
    return this.keptBytes + this.restBytes;
  }

  input(data: Buffer): void {
    const room = this.maxBytes === 0 ? data.length : Math.max(0, this.maxBytes - this.keptBytes);
    if (room > 0) this.keep(data.subarray(0, room));
    if (room < data.length) this.skip(data.subarray(room));
  }

  /** Returns what the recording has of the input, for the command log. */
  summary(): string {
    this.keptHash ??= this.hash.digest('hex');
    // Of sealed input the hash would let short input be guessed.
    const kept = this.isSealed ? 'sealed' : `SHA-256 ${this.keptHash}`;
    if (this.restBytes === 0) return `the recording has all ${this.keptBytes} bytes of the input, ${kept}`;
    return `the recording has the first ${this.keptBytes} bytes of the input, ${kept}, and only the hash of the other ${this.restBytes}`;
  }

  private keep(data: Buffer): void {
    this.hash.update(data);
    this.keptBytes += data.length;
    this.recorder.input(data);
  }

  private skip(data: Buffer): void {
    this.keptHash ??= this.hash.digest('hex');
    this.restBytes += data.length;
    this.recorder.skip('input', 'size-limit', data);
  }
}
