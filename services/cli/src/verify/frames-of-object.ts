import { SEAL_BYTES } from '@sallyport/recording-format';

/**
 * Returns the first `length` bytes of a stored part: its frames. Calls `problem` if anything but a seal stands behind them. The manifest proves the
 * frames, so the seal of a part is not checked.
 */
export async function* framesOfObject(
  object: AsyncIterable<Uint8Array>,
  length: number,
  problem: (text: string) => void,
): AsyncGenerator<Uint8Array> {
  let at = 0;
  for await (const piece of object) {
    const frames = piece.subarray(0, Math.max(0, length - at));
    at += piece.length;
    if (frames.length > 0) yield frames;
  }
  const behind = at - length;
  if (behind > 0 && behind !== SEAL_BYTES) problem(`${behind} bytes stand behind its frames: they were added`);
}
