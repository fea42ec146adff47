/** Returns the same bytes in pieces of exactly `size`, the last one smaller; no piece for no bytes. Holds one piece in memory. */
export async function* inChunks(source: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Buffer, void, undefined> {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  for await (let piece of source) {
    while (heldBytes + piece.length >= size) {
      const taken = piece.subarray(0, size - heldBytes);
      yield Buffer.concat([...held, taken]);
      piece = piece.subarray(taken.length);
      held = [];
      heldBytes = 0;
    }
    if (piece.length > 0) {
      held.push(piece);
      heldBytes += piece.length;
    }
  }
  if (heldBytes > 0) yield Buffer.concat(held);
}
