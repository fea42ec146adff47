import type { ChannelRecorder } from './channel-recorder.js';
import type { SecretInput } from './commands/index.js';

/** Longest input that may be a password for a program that reads passwords. */
const SECRET_BYTES = 4096;
const LINE_FEED = 0x0a;

/** Records the length and hash of bulk input; of a password, the length alone. */
export class BulkInput {
  private held: Buffer[] = [];
  private heldBytes = 0;

  constructor(
    private readonly recorder: ChannelRecorder,
    private secret: SecretInput,
  ) {}

  input(data: Buffer): void {
    if (this.secret === 'none') return this.recorder.skip('input', 'bulk', data);
    const end = this.secret === 'first-line' ? data.indexOf(LINE_FEED) + 1 : 0;
    const part = end > 0 ? data.subarray(0, end) : data;
    this.held.push(Buffer.from(part));
    this.heldBytes += part.length;
    // Input longer than any password is data, and its hash discloses no password.
    if (this.heldBytes > SECRET_BYTES) this.release((held) => this.recorder.skip('input', 'bulk', held));
    else if (end > 0) this.release((held) => this.recorder.withhold('input', held.length));
    if (end > 0 && end < data.length) this.input(data.subarray(end));
  }

  close(): void {
    if (this.heldBytes > 0) this.release((held) => this.recorder.withhold('input', held.length));
  }

  private release(to: (held: Buffer) => void): void {
    const held = Buffer.concat(this.held);
    this.secret = 'none';
    this.held = [];
    this.heldBytes = 0;
    to(held);
  }
}
