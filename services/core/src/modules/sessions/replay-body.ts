import { Readable } from 'node:stream';

/**
 * Returns a stream of pieces that are requested only as fast as it is read. `abort` ends their source; it is called as soon as the stream is
 * destroyed or over, even while a piece is awaited. A failing source breaks the stream off.
 */
export function replayBody(first: IteratorResult<Buffer>, pieces: AsyncIterator<Buffer>, abort: () => void): Readable {
  let waiting: IteratorResult<Buffer> | undefined = first;
  const next = async (): Promise<IteratorResult<Buffer>> => {
    const result = waiting ?? (await pieces.next());
    waiting = undefined;
    return result;
  };
  return new Readable({
    read() {
      next().then(
        (result) => this.push(result.done ? null : result.value),
        (error: Error) => this.destroy(error),
      );
    },
    destroy(error, callback) {
      abort();
      callback(error);
    },
  });
}
