import { BundleInvalid } from '../format.errors.js';
import { ByteReader } from './byte-reader.js';
import { readTarHeader, TAR_BLOCK, tarPaddingBytes } from './tar-entry.js';

/** One file of a bundle. Its content must be read to the end before the next entry is requested; the rest of it is skipped. */
export interface TarEntry {
  /** Offset of its header. */
  readonly offset: number;
  readonly name: string;
  readonly size: number;
  readonly content: AsyncIterable<Uint8Array>;
}

/**
 * Reads a canonical bundle from a stream. Throws BundleInvalid for anything that tarHeader and TAR_END would not have written: a field of a
 * header, a byte of padding, something after the end. Never holds more than a block.
 */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry, void, undefined> {
  const reader = new ByteReader(source);
  for (;;) {
    const at = reader.offset;
    const block = await reader.take(TAR_BLOCK);
    if (block.length < TAR_BLOCK) throw new BundleInvalid('it ends without an end mark', at + block.length);
    if (block.every((byte) => byte === 0)) return expectEnd(reader);
    const header = readTarHeader(block);
    if (header === undefined) throw new BundleInvalid('no canonical file header is here', at);
    yield* entry(reader, header);
  }
}

async function* entry(reader: ByteReader, { name, size }: { name: string; size: number }): AsyncGenerator<TarEntry> {
  const end = reader.offset + size;
  yield { offset: reader.offset - TAR_BLOCK, name, size, content: reader.pass(size) };
  for await (const skipped of reader.pass(end - reader.offset)) void skipped;
  if (reader.offset < end) throw new BundleInvalid(`it ends inside "${name}"`, reader.offset);
  const padding = await reader.take(tarPaddingBytes(size));
  if (padding.length < tarPaddingBytes(size) || padding.some((byte) => byte !== 0)) {
    throw new BundleInvalid(`the padding after "${name}" is not zero`, end);
  }
}

async function expectEnd(reader: ByteReader): Promise<void> {
  const at = reader.offset;
  const second = await reader.take(TAR_BLOCK);
  if (second.length < TAR_BLOCK || second.some((byte) => byte !== 0))
    throw new BundleInvalid('the end mark is not two blocks of zeros', at);
  if (!(await reader.atEnd())) throw new BundleInvalid('something follows the end mark', reader.offset);
}
