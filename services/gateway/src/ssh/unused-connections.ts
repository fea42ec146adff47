import type { Clock, Timer } from '@sallyport/context';
import { DisconnectReason, type SshConnection } from '@sallyport/ssh';

/** Closes connections that have had no channel for some time, as sshd's UnusedConnectionTimeout does. */
export class UnusedConnections {
  /** The time since which each connection has no channel; undefined while it has one. */
  private readonly watched = new Map<SshConnection, number | undefined>();
  private readonly timer: Timer | undefined;

  /** @param seconds 0: connections are never closed. */
  constructor(
    private readonly seconds: number,
    private readonly clock: Clock,
  ) {
    if (seconds > 0) this.timer = clock.interval(Math.max(1000, (seconds * 1000) / 10), () => this.check());
  }

  /** Watches a connection until it ends. */
  watch(connection: SshConnection): void {
    if (this.timer) this.watched.set(connection, this.clock.monotonic());
  }

  stop(): void {
    this.timer?.cancel();
  }

  private check(): void {
    const now = this.clock.monotonic();
    for (const [connection, since] of this.watched) {
      if (connection.transport.hasEnded) this.watched.delete(connection);
      else if (connection.channelCount > 0) this.watched.set(connection, undefined);
      else if (since === undefined) this.watched.set(connection, now);
      else if (now - since >= this.seconds * 1000)
        connection.disconnect(DisconnectReason.BY_APPLICATION, `No session for ${this.seconds} s on this connection`);
    }
  }
}
