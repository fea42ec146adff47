import type { Socket } from 'node:net';

/** Bytes taken from one socket per turn of the loop, so that a bulk transfer does not hold up everybody's keystrokes. */
const BYTES_PER_TURN = 64 * 1024;
/** Unsent answers above which nothing more is read of a peer that asks but does not read. */
const MAX_UNSENT_ANSWERS = 4 * 1024 * 1024;

/** Reads a socket in fair portions and stops while its peer reads nothing of ours. */
export class SocketReader {
  private bytesThisTurn = 0;
  private waitsForTurn = false;
  private waitsForPeer = false;
  private isDiscarding = false;

  constructor(
    private readonly socket: Socket,
    receive: (chunk: Buffer) => void,
  ) {
    socket.on('data', (chunk: Buffer) => {
      if (!this.isDiscarding) receive(chunk);
      this.bytesThisTurn += chunk.length;
      if (this.bytesThisTurn >= BYTES_PER_TURN && !this.waitsForTurn) this.waitForTurn();
    });
    socket.on('drain', () => {
      this.waitsForPeer = false;
      this.update();
    });
  }

  /** To be called after writing. */
  noteUnsent(): void {
    if (this.waitsForPeer || this.socket.writableLength < MAX_UNSENT_ANSWERS) return;
    this.waitsForPeer = true;
    this.update();
  }

  /** Reads on, to see the end of the socket, but gives nothing away. */
  discard(): void {
    this.isDiscarding = true;
    this.waitsForPeer = false;
    this.update();
  }

  private waitForTurn(): void {
    this.waitsForTurn = true;
    this.update();
    setImmediate(() => {
      this.bytesThisTurn = 0;
      this.waitsForTurn = false;
      this.update();
    });
  }

  private update(): void {
    if (this.waitsForTurn || this.waitsForPeer) this.socket.pause();
    else this.socket.resume();
  }
}
