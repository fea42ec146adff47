/** Bytes of a message of a stream, about. */
const MESSAGE_BYTES = 64 * 1024;

/** Joins small pieces to messages of about MESSAGE_BYTES and cuts a large one. Holds one message. */
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
