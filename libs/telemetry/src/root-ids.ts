/** Ids of a span, in hexadecimal. */
export interface SpanIds {
  readonly traceId: string;
  readonly spanId: string;
}

/** Ids of the root span that is being started; undefined for every other span. */
let ofRoot: SpanIds | undefined;

/** Returns the ids that the span which is being started must have; undefined for random ones. */
export const idsOfRoot = (): SpanIds | undefined => ofRoot;

/** Runs `start`, which starts one span at once, so that it has these ids. */
export function withRootIds<T>(ids: SpanIds, start: () => T): T {
  ofRoot = ids;
  try {
    return start();
  } finally {
    ofRoot = undefined;
  }
}
