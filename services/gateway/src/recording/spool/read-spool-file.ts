import { open } from 'node:fs/promises';
import { AppError } from '@sallyport/errors';
import { FrameDecoder, type SessionMeta } from '@sallyport/recording-format';
import type { SpoolContent } from './spool-file.js';
import { decodeSpoolHeader } from './spool-header.js';

const PIECE_BYTES = 1024 * 1024;
const HEADER_BYTES = 64 * 1024;
const MARK_BYTES = 64 * 1024;

/** A spool file that a dead gateway left. */
export interface OrphanedSpool {
  readonly meta: SessionMeta;
  readonly content: SpoolContent;
}

/**
 * Reads a spool file up to the last whole frame; a gateway that was killed may have left a torn end.
 * `isSparse` files (commands) may lack numbers. Returns undefined if the header is incomplete.
 */
export async function readSpoolFile(path: string, isSparse: boolean): Promise<OrphanedSpool | undefined> {
  const file = await open(path, 'r');
  try {
    const head = Buffer.alloc(HEADER_BYTES);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    const header = decodeSpoolHeader(head.subarray(0, bytesRead));
    if (header === undefined) return undefined;
    const scan = new SpoolScan(header.end, isSparse);
    for (let at = header.end; ; at += PIECE_BYTES) {
      const piece = Buffer.alloc(PIECE_BYTES);
      const { bytesRead: count } = await file.read(piece, 0, piece.length, at);
      if (count === 0 || !scan.push(piece.subarray(0, count))) break;
    }
    return { meta: header.meta, content: scan.content() };
  } finally {
    await file.close();
  }
}

class SpoolScan {
  private readonly marks: { seq: bigint; at: number }[] = [];
  private lastSeq = 0n;
  private decoder: FrameDecoder;

  constructor(
    private end: number,
    isSparse: boolean,
  ) {
    this.decoder = new FrameDecoder({ isSparse });
  }

  /** Takes a piece of the file. Returns false if the rest is not a frame: the torn end. */
  push(piece: Buffer): boolean {
    try {
      for (const frame of this.decoder.push(piece)) {
        const last = this.marks.at(-1);
        if (last === undefined || this.end - last.at >= MARK_BYTES) this.marks.push({ seq: frame.seq, at: this.end });
        this.end += frame.bytes.length;
        this.lastSeq = frame.seq;
      }
      return true;
    } catch (error) {
      if (error instanceof AppError) return false;
      throw error;
    }
  }

  content(): SpoolContent {
    return { marks: this.marks, bytes: this.end, lastSeq: this.lastSeq };
  }
}
