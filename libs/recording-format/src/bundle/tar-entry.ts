/** Size of a tar block. */
export const TAR_BLOCK = 512;
/** Largest entry size that eleven octal digits can express. */
const MAX_ENTRY_BYTES = 8 * 1024 ** 3 - 1;

/** End of a canonical bundle: two blocks of zeros, nothing after them. */
export const TAR_END: Uint8Array = new Uint8Array(2 * TAR_BLOCK);

/** Returns the number of zero bytes that follow content of this size. */
export const tarPaddingBytes = (size: number): number => (TAR_BLOCK - (size % TAR_BLOCK)) % TAR_BLOCK;

/**
 * Returns the header block of a file: POSIX ustar with every field fixed but name and size (mode 0644, ids 0, time 0, no names). So there
 * is exactly one header for a file. Names have at most 99 ASCII characters.
 */
export function tarHeader(name: string, size: number): Uint8Array {
  if (!/^[\x21-\x7e]{1,99}$/.test(name)) throw new RangeError(`"${name}" can't be a name in a bundle`);
  if (!Number.isSafeInteger(size) || size < 0 || size > MAX_ENTRY_BYTES) throw new RangeError(`an entry can't have ${size} bytes`);
  const block = new Uint8Array(TAR_BLOCK);
  const put = (text: string, at: number): void => block.set(new TextEncoder().encode(text), at);
  put(name, 0);
  put('0000644\0', 100);
  put('0000000\0', 108);
  put('0000000\0', 116);
  put(`${size.toString(8).padStart(11, '0')}\0`, 124);
  put('00000000000\0', 136);
  put('        ', 148);
  put('0', 156);
  put('ustar\u000000', 257);
  const sum = block.reduce((all, byte) => all + byte, 0);
  put(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** Reads name and size from a header block. Returns undefined if the block is not exactly the one that tarHeader makes for them. */
export function readTarHeader(block: Uint8Array): { name: string; size: number } | undefined {
  const latin = (from: number, to: number): string => String.fromCharCode(...block.subarray(from, to));
  const name = latin(0, 100).replace(/\0+$/, '');
  const octal = latin(124, 135);
  if (!/^[\x21-\x7e]{1,99}$/.test(name) || !/^[0-7]{11}$/.test(octal)) return undefined;
  const size = Number.parseInt(octal, 8);
  const only = tarHeader(name, size);
  return only.every((byte, at) => byte === block[at]) ? { name, size } : undefined;
}
