/**
 * Passes the same messages until the signal fires, also while the next one is being waited for. It does not use Promise.race with a promise
 * that lives as long as the stream, because every message would leave a callback on it.
 */
export async function* untilStopped<T>(messages: AsyncIterable<T>, stop: AbortSignal): AsyncGenerator<T, void, undefined> {
  const iterator = messages[Symbol.asyncIterator]();
  let wake = (): void => undefined;
  const onStop = (): void => wake();
  stop.addEventListener('abort', onStop);
  try {
    while (!stop.aborted) {
      const next = await new Promise<IteratorResult<T> | undefined>((resolve, reject) => {
        wake = () => resolve(undefined);
        iterator.next().then(resolve, reject);
      });
      if (next === undefined || next.done === true) return;
      yield next.value;
    }
  } finally {
    stop.removeEventListener('abort', onStop);
  }
}
