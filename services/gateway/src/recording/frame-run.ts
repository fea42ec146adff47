/** An encoded frame that is kept. */
export interface HeldFrame {
  readonly seq: bigint;
  readonly bytes: Uint8Array;
}

/** Frames that follow each other, put end to end. */
export interface FrameRun {
  readonly firstSeq: bigint;
  readonly lastSeq: bigint;
  readonly bytes: Buffer;
}

/** Frames as a run; at least one. */
export function runOf(frames: readonly HeldFrame[]): FrameRun {
  return { firstSeq: frames[0]!.seq, lastSeq: frames.at(-1)!.seq, bytes: Buffer.concat(frames.map((frame) => frame.bytes)) };
}
