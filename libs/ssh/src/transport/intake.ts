/** Reads one socket: a bounded number of bytes in each turn of the event loop, and none while the input is held. */
import type { PacketReader } from './packet-reader.js';
import type { ByteSocket } from './packet-writer.js';
import { readFrom, type SocketReads } from './socket-reads.js';

/** See the head of this file. Passes chunks to `receive`, and resumes the reader after a hold. */
export class Intake {
  private readonly reads: SocketReads;
  private turnBytes = 0;
  private isTurnOver = false;
  private isClosed = false;

  /**
   * @param receive gets each chunk and passes it to the reader. Must not throw.
   * @param continueReading passes on the packets that waited for the end of a hold. Must not throw.
   */
  constructor(
    socket: ByteSocket,
    private readonly reader: PacketReader,
    private readonly bytesPerTurn: number,
    private readonly receive: (chunk: Buffer) => void,
    private readonly continueReading: () => void,
  ) {
    this.reads = readFrom(socket, (chunk, isWhole) => this.onData(chunk, isWhole));
  }

  /** Stops the input until `release` was called as often as `hold`. The peer sees it as back pressure of the socket. */
  hold(): void {
    this.reader.hold();
    if (!this.isClosed) this.reads.stop();
  }

  /** Ends one `hold` and passes on the packets that waited. */
  release(): void {
    this.reader.release();
    this.resume();
  }

  /** Drops all further input. The socket is still read, which makes its end noticeable. */
  close(): void {
    this.isClosed = true;
    this.reads.start();
  }

  /** Starts the next turn of the event loop, in which the socket may be read again. */
  nextTurn(): void {
    this.turnBytes = 0;
    this.isTurnOver = false;
    this.resume();
  }

  private onData(chunk: Buffer, isWhole: boolean): void {
    if (this.isClosed) return;
    this.countTurn(chunk.length, isWhole);
    this.receive(chunk);
    if (this.reads.areShared) this.reader.keepRest();
  }

  /** Counts the bytes of this turn. A read that emptied the socket is the last one of the turn anyway, so the count restarts. */
  private countTurn(bytes: number, isWhole: boolean): void {
    this.turnBytes = isWhole ? 0 : this.turnBytes + bytes;
    if (this.turnBytes < this.bytesPerTurn || this.isTurnOver) return;
    this.isTurnOver = true;
    this.reads.stop();
    setImmediate(endTurn, this);
  }

  private resume(): void {
    if (this.isClosed || this.reader.isHeld) return;
    this.continueReading();
    if (!this.reader.isHeld && !this.isTurnOver && !this.isClosed) this.reads.start();
  }
}

const endTurn = (intake: Intake): void => intake.nextTurn();
