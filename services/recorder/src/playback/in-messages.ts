/** A message of a stream carries about this much. */
const MESSAGE_BYTES = 64 * 1024;

/** Small pieces put together to messages of about MESSAGE_BYTES; a large piece is cut. Holds one message. */
export async function* inMessages(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void, undefined> {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  for await (const piece of pieces) {
    held.push(piece);
    heldBytes += piece.length;
    if (heldBytes < MESSAGE_BYTES) continue;
    yield* cut(Buffer.concat(held));
    held = [];
    heldBytes = 0;
  }
  if (heldBytes > 0) yield Buffer.concat(held);
}

function* cut(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += MESSAGE_BYTES) yield bytes.subarray(at, at + MESSAGE_BYTES);
}
