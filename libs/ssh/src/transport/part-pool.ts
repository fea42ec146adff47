/** Places in which packets are put together that span two reads. A connection has one only while such a packet is under way. */

/** Holds the largest packet that OpenSSH sends. */
const PART_BYTES = 36 * 1024;

const MAX_SPARE = 16;
const spare: Buffer[] = [];

/** A place of at least this many bytes. Small ones are made anew: they cost less than what a peer that never finishes its packet would keep. */
export function takePart(bytes: number): Buffer {
  if (bytes > PART_BYTES || bytes < PART_BYTES / 2) return Buffer.allocUnsafe(bytes);
  return spare.pop() ?? Buffer.allocUnsafeSlow(PART_BYTES);
}

/** Gives a place back whose packet was handed on. */
export function returnPart(part: Buffer): void {
  if (part.length === PART_BYTES && spare.length < MAX_SPARE) spare.push(part);
}
