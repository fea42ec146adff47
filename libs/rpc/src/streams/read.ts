import type { Readable } from 'node:stream';

/**
 * Reads the messages of a call. The bare `for await (… of call)` destroys a duplex at its end, and the peer then waits for ever
 * for the rest; so it is told not to.
 */
export const readMessages = <T>(stream: Readable): AsyncIterable<T> => ({
  [Symbol.asyncIterator]: () => stream.iterator({ destroyOnReturn: false }) as AsyncIterator<T>,
});
