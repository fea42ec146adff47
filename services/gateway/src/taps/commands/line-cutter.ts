const LINE_FEED = 0x0a;
/** A line may come byte by byte; as many buffers cost more than the line. */
const PARTS = 256;

/** Cuts bytes into lines with their line feeds, wherever chunks end; longer lines into pieces of `pieceBytes`. What it gives is its own copy. */
export class LineCutter {
  private kept: Buffer[] = [];
  private keptBytes = 0;

  constructor(private readonly pieceBytes: number) {}

  /** Takes from `data` up to the end of a line, and gives the line if that is there. */
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

  /** What is left without a line's end. */
  end(): Buffer | undefined {
    const line = this.keptBytes === 0 ? undefined : Buffer.concat(this.kept);
    this.kept = [];
    this.keptBytes = 0;
    return line;
  }
}
