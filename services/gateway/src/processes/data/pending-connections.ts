import type { Socket } from 'node:net';

/** The connections that the control process handed over, by its numbers for them. */
export class PendingConnections {
  private readonly pending = new Map<Socket, number>();
  private open = 0;

  constructor(private readonly onSettled: (connection: number) => void) {}

  /** Returns the number of open connections, pending or not. */
  get openCount(): number {
    return this.open;
  }

  add(connection: number, socket: Socket): void {
    this.open += 1;
    this.pending.set(socket, connection);
    socket.once('close', () => {
      this.open -= 1;
      this.settle(socket);
    });
  }

  /** Reports, once, that a client has signed in or its connection is closed. */
  settle(socket: Socket): void {
    const connection = this.pending.get(socket);
    this.pending.delete(socket);
    if (connection !== undefined) this.onSettled(connection);
  }
}
