/**
 * The credit of one channel: bytes that the peer may send, or has sent without being consumed. The connection's ledger contains all of it.
 */
import { SshProtocolError } from '../wire/index.js';
import type { CreditLedger } from './credit-ledger.js';

/** See the head of this file. All numbers are bytes. */
export class InboundCredit {
  private unconsumed = 0;

  /**
   * @param window bytes that the peer may send now.
   * @param target credit that the peer shall have.
   * @param floor credit that the peer always gets.
   */
  constructor(
    private readonly ledger: CreditLedger,
    private window: number,
    private target: number,
    private readonly floor: number,
  ) {}

  /** Returns the bytes that were received and not consumed. */
  get unconsumedBytes(): number {
    return this.unconsumed;
  }

  /** Counts received bytes. Throws SshProtocolError if they exceed the window. */
  receive(bytes: number, channel: number): void {
    if (bytes > this.window) throw SshProtocolError.malformed(`Channel ${channel} received ${bytes} bytes; its window is ${this.window}`);
    this.window -= bytes;
    this.unconsumed += bytes;
  }

  /** Counts consumed bytes. Throws RangeError if they exceed the received bytes. */
  consume(bytes: number): void {
    if (bytes > this.unconsumed) throw new RangeError(`${bytes} bytes consumed, but only ${this.unconsumed} were received`);
    this.unconsumed -= bytes;
    this.ledger.release(bytes);
  }

  /** Changes the credit that the peer shall have. */
  aim(target: number): void {
    this.target = target;
  }

  /** Returns the bytes to add to the window; 0 while they are too few for a message. */
  replenish(): number {
    const outstanding = this.window + this.unconsumed;
    const missing = this.target - outstanding;
    if (missing < this.target / 4) return 0;
    const granted = this.ledger.grant(missing, Math.min(missing, this.floor - outstanding));
    this.window += granted;
    return granted;
  }

  /** Releases the window, because the peer sends no more. */
  endInput(): void {
    this.ledger.release(this.window);
    this.window = 0;
  }

  /** Releases all credit, because the channel is gone. */
  release(): void {
    this.endInput();
    this.ledger.release(this.unconsumed);
    this.unconsumed = 0;
  }
}
