import type { Socket } from 'node:net';

/** Sockets that were handed over, by the numbers that the control process knows them by. */
export class Visitors {
  private readonly unsettled = new Map<Socket, number>();
  private open = 0;

  constructor(private readonly onSettled: (visitor: number) => void) {}

  /** Connections that are open. */
  get here(): number {
    return this.open;
  }

  come(visitor: number, socket: Socket): void {
    this.open += 1;
    this.unsettled.set(socket, visitor);
    socket.once('close', () => {
      this.open -= 1;
      this.settled(socket);
    });
  }

  /** It has signed in, or is gone: said once. */
  settled(socket: Socket): void {
    const visitor = this.unsettled.get(socket);
    this.unsettled.delete(socket);
    if (visitor !== undefined) this.onSettled(visitor);
  }
}
