import type { Socket } from 'node:net';
import type { FromData, Outcome, ToData } from '../messages.js';

/** The connections that the control process handed over, by its numbers for them. */
export class PendingConnections {
  private readonly numbers = new Map<Socket, number>();
  private readonly sockets = new Map<number, Socket>();
  private readonly unsettled = new Set<Socket>();
  private readonly admissions = new Map<number, (refusal: string | undefined) => void>();

  constructor(private readonly send: (message: FromData) => void) {}

  /** Returns the number of open connections, pending or not. */
  get openCount(): number {
    return this.numbers.size;
  }

  add(connection: number, socket: Socket): void {
    this.numbers.set(socket, connection);
    this.sockets.set(connection, socket);
    this.unsettled.add(socket);
    socket.once('close', () => {
      this.settle(socket, 'closed');
      this.numbers.delete(socket);
      this.sockets.delete(connection);
      this.admitted({ connection });
      this.send({ type: 'closed', connection });
    });
  }

  /** Reports a step of a client that has not signed in. */
  progress(socket: Socket, step: 'identified' | 'keys-exchanged'): void {
    const connection = this.numbers.get(socket);
    if (connection !== undefined) this.send({ type: 'progressed', connection, step });
  }

  /** Asks the control process if this user may have one more connection. Resolves to the refusal, for the user to read; undefined without one. */
  admit(socket: Socket, user: string): Promise<string | undefined> {
    const connection = this.numbers.get(socket);
    if (connection === undefined) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.admissions.set(connection, resolve);
      this.send({ type: 'admit', connection, user });
    });
  }

  /** Handles the answer to `admit`. */
  admitted({ connection, refusal }: Pick<Extract<ToData, { type: 'admitted' }>, 'connection' | 'refusal'>): void {
    this.admissions.get(connection)?.(refusal);
    this.admissions.delete(connection);
  }

  /** Reports, once, that a client has signed in or its connection is closed. */
  settle(socket: Socket, outcome: Outcome): void {
    const connection = this.numbers.get(socket);
    if (this.unsettled.delete(socket) && connection !== undefined) this.send({ type: 'settled', connection, outcome });
  }

  /** Closes a connection whose client has not signed in. */
  drop(connection: number): void {
    const socket = this.sockets.get(connection);
    if (socket && this.unsettled.has(socket)) socket.destroy();
  }
}
