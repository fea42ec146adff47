/** Reads one socket: its share of each turn of the event loop, and nothing while someone holds it. */
import type { PacketReader } from './packet-reader.js';
import type { ByteSocket } from './packet-writer.js';
import { readFrom, type SocketReads } from './socket-reads.js';

/** See the head of this file. Feeds `receive` and, after a hold, runs the reader on. */
export class Intake {
  private readonly reads: SocketReads;
  private turnBytes = 0;
  private isTurnOver = false;
  private isClosed = false;

  /**
   * @param receive gets each chunk and gives it to the reader; it may throw nothing.
   * @param continueReading hands on what the reader kept while it was held; it may throw nothing.
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

  /** Nothing more is handed on until as many `release`s as `hold`s were called. The peer feels it as back pressure. */
  hold(): void {
    this.reader.hold();
    if (!this.isClosed) this.reads.stop();
  }

  /** Ends one `hold` and hands on what waited. */
  release(): void {
    this.reader.release();
    this.resume();
  }

  /** From now on what arrives is dropped, so that the end of the socket is still noticed. */
  close(): void {
    this.isClosed = true;
    this.reads.start();
  }

  /** The event loop came round: the socket has its next share. */
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

  /** A read that took all there was is the socket's last of this turn anyway. */
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
