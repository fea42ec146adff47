import type { SshTransport } from '../transport/ssh-transport.js';
import type { CreditLedger } from './credit-ledger.js';
import type { HeldBudget } from './held-budget.js';
import type { ConnectionLimits } from './limits.js';

/** A channel as its connection uses it. */
export interface PortChannel {
  readonly number: number;
  /** Handles possible new room to send. */
  onRoom(): void;
}

/** The functions of a connection that its channels and the relay use. */
export interface ChannelPort {
  readonly transport: SshTransport;
  readonly limits: ConnectionLimits;
  readonly ledger: CreditLedger;
  readonly held: HeldBudget;
  send(head: Uint8Array, body?: Uint8Array): void;
  /**
   * Returns the number of bytes of data that the transport takes now. After a 0, `awaitRoom` requests a call of the channel's
   * `onRoom`.
   */
  room(): number;
  awaitRoom(channel: PortChannel): void;
  /** Frees the channel's number, after CLOSE was sent and received. */
  forget(channel: PortChannel): void;
  /** Ends the connection because a handler of the application threw. */
  fail(error: unknown): void;
}
