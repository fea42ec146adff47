import type { Socket } from 'node:net';
import type { ProxiedClient } from './proxy/load-balancers.js';
import type { PreauthPlace } from './preauth-limiter.js';

/** A connection whose client has not signed in. The control process reads nothing from it but the header of a load balancer. */
export class PendingConnection {
  private isClosed = false;
  private closeElsewhere: (() => void) | undefined;

  constructor(
    readonly number: number,
    readonly socket: Socket,
    /** The client's IP address. */
    readonly address: string,
    readonly place: PreauthPlace,
    /** The client behind a load balancer, for a connection that came from one. */
    readonly proxied?: ProxiedClient,
  ) {}

  /** Returns true if no data process needs to serve it any more. */
  get isOver(): boolean {
    return this.isClosed;
  }

  /** Frees its place among the unauthenticated connections. */
  release(): void {
    this.place.release();
  }

  /** Closes the connection, also if a data process has it already, and frees its place. */
  close(): void {
    this.isClosed = true;
    this.socket.destroy();
    this.closeElsewhere?.();
    this.release();
  }

  /** Hands the connection to a data process, which has its own descriptor of the socket. `close` makes it close that one. */
  handOver(close: () => void): void {
    this.socket.destroy();
    if (this.isClosed) close();
    else this.closeElsewhere = close;
  }
}
