/** Places in which packets are sealed, shared by all connections. One holds a slab only while it has bytes to send, so idle connections cost none. */

/** Size of a slab in bytes: what one connection seals before a second slab is needed. */
export const SLAB_BYTES = 256 * 1024;

const MAX_SPARE = 16;
const spare: Buffer[] = [];

/** A slab nobody else uses, of at least this many bytes. */
export function takeSlab(bytes: number): Buffer {
  return (bytes <= SLAB_BYTES ? spare.pop() : undefined) ?? Buffer.allocUnsafeSlow(Math.max(bytes, SLAB_BYTES));
}

/** Gives a slab back. Only when the socket has taken every byte of it: the next owner writes over them. */
export function returnSlab(slab: Buffer): void {
  if (slab.length === SLAB_BYTES && spare.length < MAX_SPARE) spare.push(slab);
}
