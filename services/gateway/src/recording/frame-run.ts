/** An encoded frame. */
export interface HeldFrame {
  readonly seq: bigint;
  readonly bytes: Uint8Array;
  /** Link of the frame in the hash chain of its recording. Undefined for a frame that was read back from the spool. */
  readonly link?: Buffer;
}

/** Consecutive frames, concatenated. */
export interface FrameRun {
  readonly firstSeq: bigint;
  readonly lastSeq: bigint;
  readonly bytes: Buffer;
}

/** Concatenates frames, at least one. */
export function runOf(frames: readonly HeldFrame[]): FrameRun {
  return { firstSeq: frames[0]!.seq, lastSeq: frames.at(-1)!.seq, bytes: Buffer.concat(frames.map((frame) => frame.bytes)) };
}
