/** An encoded frame. */
export interface HeldFrame {
  readonly seq: bigint;
  readonly bytes: Uint8Array;
  /** Link of the frame in the hash chain of its recording. Undefined for a frame that was read back from the spool. */
  readonly link?: Buffer;
}

/** Size of a message of frames that are many: of a run, and of the slabs that it lies in. */
export const RUN_BYTES = 256 * 1024;

/** Consecutive frames, concatenated. */
export interface FrameRun {
  readonly firstSeq: bigint;
  readonly lastSeq: bigint;
  readonly bytes: Buffer;
}

/** Concatenates frames, at least one. */
export function runOf(frames: readonly HeldFrame[]): FrameRun {
  return {
    firstSeq: frames[0]!.seq,
    lastSeq: frames.at(-1)!.seq,
    bytes: endToEnd(frames) ?? Buffer.concat(frames.map(({ bytes }) => bytes)),
  };
}

/** Returns frames that lie one behind the other in memory, without a copy; undefined if they do not. */
function endToEnd(frames: readonly HeldFrame[]): Buffer | undefined {
  const { buffer, byteOffset } = frames[0]!.bytes;
  let end = byteOffset;
  for (const { bytes } of frames) {
    if (bytes.buffer !== buffer || bytes.byteOffset !== end) return undefined;
    end += bytes.length;
  }
  return Buffer.from(buffer as ArrayBuffer, byteOffset, end - byteOffset);
}
