/** Reads one socket: its share of each turn of the event loop, and nothing while someone holds it. */
import type { PacketReader } from './packet-reader.js';
import type { ByteSocket } from './packet-writer.js';

/** See the head of this file. Feeds `receive` and, after a hold, runs the reader on. */
export class Intake {
  private turnBytes = 0;
  private isTurnOver = false;
  private isClosed = false;

  /**
   * @param receive gets each chunk; it may throw nothing.
   * @param continueReading hands on what the reader kept while it was held; it may throw nothing.
   */
  constructor(
    private readonly socket: ByteSocket,
    private readonly reader: PacketReader,
    private readonly bytesPerTurn: number,
    private readonly receive: (chunk: Buffer) => void,
    private readonly continueReading: () => void,
  ) {
    socket.on('data', (chunk) => this.onData(chunk));
  }

  /** Nothing more is handed on until as many `release`s as `hold`s were called. The peer feels it as back pressure. */
  hold(): void {
    this.reader.hold();
    if (!this.isClosed) this.socket.pause();
  }

  /** Ends one `hold` and hands on what waited. */
  release(): void {
    this.reader.release();
    this.resume();
  }

  /** From now on what arrives is dropped, so that the end of the socket is still noticed. */
  close(): void {
    this.isClosed = true;
    this.socket.resume();
  }

  /** The event loop came round: the socket has its next share. */
  nextTurn(): void {
    this.turnBytes = 0;
    this.isTurnOver = false;
    this.resume();
  }

  private onData(chunk: Buffer): void {
    if (this.isClosed) return;
    this.turnBytes += chunk.length;
    if (this.turnBytes >= this.bytesPerTurn && !this.isTurnOver) {
      this.isTurnOver = true;
      this.socket.pause();
      setImmediate(endTurn, this);
    }
    this.receive(chunk);
  }

  private resume(): void {
    if (this.isClosed || this.reader.isHeld) return;
    this.continueReading();
    if (!this.reader.isHeld && !this.isTurnOver && !this.isClosed) this.socket.resume();
  }
}

const endTurn = (intake: Intake): void => intake.nextTurn();
