import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** Writes one message and waits while the peer's buffer is full. Rejects if the stream ends first. */
export async function writeMessage<T>(
  stream: Pick<Writable, 'write' | 'destroyed' | 'writableEnded'> & NodeJS.EventEmitter,
  message: T,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  if (stream.destroyed || stream.writableEnded) throw new Error('stream closed');
  if (stream.write(message)) return;
  const stop = new AbortController();
  const gone = () => stop.abort(new Error('stream closed while waiting for room'));
  stream.once('close', gone);
  try {
    await once(stream, 'drain', { signal: AbortSignal.any([signal, stop.signal]) });
  } finally {
    stream.off('close', gone);
  }
}
