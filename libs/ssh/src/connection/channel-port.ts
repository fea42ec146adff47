import type { SshTransport } from '../transport/ssh-transport.js';
import type { CreditLedger } from './credit-ledger.js';
import type { HeldBudget } from './held-budget.js';
import type { ConnectionLimits } from './limits.js';

/** A channel as its connection sees it. */
export interface PortChannel {
  readonly number: number;
  /** There may be room to send. */
  roomReturned(): void;
}

/** What a channel, and the relay, need of its connection. */
export interface ChannelPort {
  readonly transport: SshTransport;
  readonly limits: ConnectionLimits;
  readonly ledger: CreditLedger;
  readonly held: HeldBudget;
  send(head: Uint8Array, body?: Uint8Array): void;
  /** Bytes of data the transport takes now; after a 0 `awaitRoom` gets the channel's `roomReturned` called. */
  room(): number;
  awaitRoom(channel: PortChannel): void;
  /** CLOSE went both ways: the number is free. */
  forget(channel: PortChannel): void;
  /** A handler of the application threw. */
  fail(error: unknown): void;
}
