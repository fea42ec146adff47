import type { Readable } from 'node:stream';

/**
 * Reads the messages of a call. A bare `for await (… of call)` destroys a duplex at its end, and the peer then waits without end for the
 * rest. This iterator does not destroy it.
 */
export const readMessages = <T>(stream: Readable): AsyncIterable<T> => ({
  [Symbol.asyncIterator]: () => stream.iterator({ destroyOnReturn: false }) as AsyncIterator<T>,
});
