import { TAR_END, tarHeader, tarPaddingBytes } from './tar-entry.js';

/** A file to put into a bundle: `content` must have exactly `size` bytes. */
export interface TarSource {
  readonly name: string;
  readonly size: number;
  readonly content: () => AsyncIterable<Uint8Array>;
}

/** Writes a canonical bundle, piece by piece. Throws RangeError if a content has another length than its header states. */
export async function* writeTar(files: Iterable<TarSource>): AsyncGenerator<Uint8Array, void, undefined> {
  for (const file of files) {
    yield tarHeader(file.name, file.size);
    let bytes = 0;
    for await (const piece of file.content()) {
      bytes += piece.length;
      yield piece;
    }
    if (bytes !== file.size) throw new RangeError(`"${file.name}" has ${bytes} bytes, not ${file.size}`);
    if (tarPaddingBytes(bytes) > 0) yield new Uint8Array(tarPaddingBytes(bytes));
  }
  yield TAR_END;
}
