/** What a channel's peer may send: given, received and not consumed yet. All of it is in the connection's ledger. */
import { SshProtocolError } from '../wire/index.js';
import type { CreditLedger } from './credit-ledger.js';

/** Bytes, all of them. */
export class InboundCredit {
  private unconsumed = 0;

  /**
   * @param window what the peer may send now.
   * @param target what it shall be allowed to have outstanding.
   * @param floor what it always gets.
   */
  constructor(
    private readonly ledger: CreditLedger,
    private window: number,
    private target: number,
    private readonly floor: number,
  ) {}

  /** Received and not consumed. */
  get unconsumedBytes(): number {
    return this.unconsumed;
  }

  /** Counts what arrived; throws SshProtocolError when the peer may not send this much. */
  receive(bytes: number, channel: number): void {
    if (bytes > this.window) throw SshProtocolError.malformed(`Channel ${channel} received ${bytes} bytes; its window is ${this.window}`);
    this.window -= bytes;
    this.unconsumed += bytes;
  }

  /** Counts what the application is done with; throws RangeError when it was not given that much. */
  consume(bytes: number): void {
    if (bytes > this.unconsumed) throw new RangeError(`${bytes} bytes consumed of ${this.unconsumed}`);
    this.unconsumed -= bytes;
    this.ledger.giveBack(bytes);
  }

  /** From now on the peer may have this much outstanding. */
  aim(target: number): void {
    this.target = target;
  }

  /** Takes credit for the peer when enough is missing to be worth a message; answers how much. */
  replenish(): number {
    const outstanding = this.window + this.unconsumed;
    const missing = this.target - outstanding;
    if (missing < this.target / 4) return 0;
    const granted = this.ledger.take(missing, Math.min(missing, this.floor - outstanding));
    this.window += granted;
    return granted;
  }

  /** The peer will send no more: what it might have sent is free for others. */
  endInput(): void {
    this.ledger.giveBack(this.window);
    this.window = 0;
  }

  /** The channel is gone. */
  release(): void {
    this.endInput();
    this.ledger.giveBack(this.unconsumed);
    this.unconsumed = 0;
  }
}
