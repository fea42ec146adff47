import type { ChannelStream, SshChannel } from '../ssh/index.js';

/** Something that may have no room for more, e.g. a recording. */
export interface Gate {
  hasRoom(): boolean;
  whenRoom(): Promise<void>;
}

/** One direction between two channels: the sender gets its credit back when its bytes have left and the gate has room. */
export class OneWay {
  private owed = 0;
  private isWaiting = false;

  constructor(
    private readonly from: SshChannel,
    private readonly to: SshChannel,
    private readonly gate?: Gate,
  ) {}

  pass(data: Buffer, stream: ChannelStream): void {
    this.owed += data.length;
    this.to.write(data, stream);
    this.settle();
  }

  /** To be called when `to` has drained. */
  settle(): void {
    if (this.owed === 0 || this.to.backlogBytes > 0) return;
    if (this.gate && !this.gate.hasRoom()) return this.waitForRoom(this.gate);
    this.giveBack();
  }

  /** Gives all credit back, whatever became of the bytes: nobody waits for them any more. */
  giveBack(): void {
    const bytes = this.owed;
    this.owed = 0;
    this.from.consume(bytes);
  }

  private waitForRoom(gate: Gate): void {
    if (this.isWaiting) return;
    this.isWaiting = true;
    void gate.whenRoom().then(() => {
      this.isWaiting = false;
      this.settle();
    });
  }
}
