const LINE_FEED = 0x0a;
/** A line may come byte by byte; as many buffers would cost more than the line. */
const PARTS = 256;

/** Splits bytes into lines with their line feeds, wherever chunks end, and longer lines into pieces of `pieceBytes`. It returns copies. */
export class LineCutter {
  private kept: Buffer[] = [];
  private keptBytes = 0;

  constructor(private readonly pieceBytes: number) {}

  /** Takes from `data` up to the end of a line, and returns the line if it is complete. */
  take(data: Buffer): { line?: Buffer; taken: number } {
    const room = data.subarray(0, this.pieceBytes - this.keptBytes);
    const feed = room.indexOf(LINE_FEED);
    const taken = feed < 0 ? room.length : feed + 1;
    this.kept.push(Buffer.from(room.subarray(0, taken)));
    this.keptBytes += taken;
    if (this.kept.length >= PARTS) this.kept = [Buffer.concat(this.kept)];
    const line = feed >= 0 || this.keptBytes === this.pieceBytes ? this.end() : undefined;
    return { taken, ...(line && { line }) };
  }

  /** Returns the rest, a line without its end. */
  end(): Buffer | undefined {
    const line = this.keptBytes === 0 ? undefined : Buffer.concat(this.kept);
    this.kept = [];
    this.keptBytes = 0;
    return line;
  }
}
