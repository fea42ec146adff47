/** Places in which packets are sealed. A connection holds one only while it has bytes to send, so idle connections cost none. */

/** Size of a slab in bytes: what one connection seals before a second slab is needed. */
export const SLAB_BYTES = 256 * 1024;

const MAX_SPARE = 16;
const spare: Buffer[] = [];

/** A slab nobody else uses. */
export function takeSlab(): Buffer {
  return spare.pop() ?? Buffer.allocUnsafeSlow(SLAB_BYTES);
}

/** Gives a slab back. Only when the socket has taken every byte of it: the next owner writes over them. */
export function returnSlab(slab: Buffer): void {
  if (spare.length < MAX_SPARE) spare.push(slab);
}
