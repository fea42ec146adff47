import { uuidv7 } from '@sallyport/context';

/** A piece of the content of a file, as it came. */
export interface ContentPiece {
  /** Id of the file's fact. */
  readonly id: string;
  readonly offset: number;
  readonly data: Buffer;
}

export interface KeptContentOptions {
  /** Most bytes to keep of each file; 0 for none. */
  readonly fileBytes: number;
  /** Most bytes to keep of all files of the channel; 0 for no limit. */
  readonly channelBytes: number;
  readonly keep: (piece: ContentPiece) => void;
}

/** Longest piece, so that it fits a frame. */
const PIECE_BYTES = 64 * 1024;

/** The content that is kept of one file. */
export interface KeptFile {
  /** Id that the file's fact gets. */
  readonly id: string;
  /** Bytes that are kept. What was written twice counts twice. */
  readonly bytes: number;
  add(offset: number, data: Buffer): void;
}

/** Keeps the first bytes that are written to each file of one channel. */
export class KeptContent {
  private channelBytes = 0;

  constructor(private readonly options: KeptContentOptions) {}

  /** Returns a place for the content of one file; undefined if none is kept. */
  file(): KeptFile | undefined {
    if (this.options.fileBytes === 0) return undefined;
    const kept = { id: uuidv7(), bytes: 0, add: (offset: number, data: Buffer): void => this.add(kept, offset, data) };
    return kept;
  }

  private add(file: { readonly id: string; bytes: number }, offset: number, data: Buffer): void {
    const { fileBytes, channelBytes, keep } = this.options;
    const room = Math.min(fileBytes - file.bytes, channelBytes === 0 ? Infinity : channelBytes - this.channelBytes, data.length);
    if (room <= 0) return;
    file.bytes += room;
    this.channelBytes += room;
    for (let at = 0; at < room; at += PIECE_BYTES) {
      const piece = data.subarray(at, Math.min(room, at + PIECE_BYTES));
      keep({ id: file.id, offset: offset + at, data: piece });
    }
  }
}
