import { context, propagation, type Context, SpanKind, SpanStatusCode, trace, type Span } from '@opentelemetry/api';

/** Tracing that runs. */
export interface Tracing {
  /** Sends the spans that are left. */
  shutdown(): Promise<void>;
}

/** Starts OpenTelemetry traces to `endpoint` (OTLP over HTTP). Without an endpoint spans cost nothing and go nowhere. */
export function startTracing({ service, endpoint }: { service: string; endpoint?: string | undefined }): Tracing {
  if (!endpoint) return { shutdown: async () => {} };
  // Loaded only where it is wanted: it is a good part of the memory of a small process. Spans of the first moments go nowhere.
  const provider = import('./export-traces.js').then(({ exportTraces }) => exportTraces(service, endpoint));
  return { shutdown: async () => (await provider).shutdown() };
}

/** Returns the trace context of the running work as headers (W3C Trace Context), to be sent to a peer. */
export function traceHeaders(): Record<string, string> {
  const headers: Record<string, string> = {};
  propagation.inject(context.active(), headers);
  return headers;
}

/** Runs work in a span that continues the trace of `headers`. A failure marks the span and is thrown on. */
export async function inSpan<T>(
  name: string,
  kind: 'server' | 'client' | 'consumer' | 'producer',
  headers: Record<string, string>,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const parent = propagation.extract(context.active(), headers);
  return trace.getTracer('sallyport').startActiveSpan(name, { kind: SPAN_KIND[kind] }, parent, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'error' });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** A span that begins and ends in different callbacks. */
export interface OpenSpan {
  /** Runs work inside the span: spans that begin in it, and headers to peers, continue the span. */
  within<T>(work: () => T): T;
  /** Ends the span, once. Facts contain ids and numbers, never what a user typed. */
  end(facts: Readonly<Record<string, string | number>>, isFailure: boolean): void;
}

/** Begins a span that continues the trace of `headers`. Use `inSpan` where one function can wrap the work. */
export function beginSpan(name: string, kind: keyof typeof SPAN_KIND, headers: Readonly<Record<string, string>>): OpenSpan {
  const parent = propagation.extract(context.active(), headers);
  return openSpan(trace.getTracer('sallyport').startSpan(name, { kind: SPAN_KIND[kind] }, parent), parent);
}

/** Returns a started span as one that ends in another callback. */
export function openSpan(span: Span, parent: Context): OpenSpan {
  return {
    within: (work) => context.with(trace.setSpan(parent, span), work),
    end(facts, isFailure) {
      span.setAttributes(facts);
      if (isFailure) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}

const SPAN_KIND = { server: SpanKind.SERVER, client: SpanKind.CLIENT, consumer: SpanKind.CONSUMER, producer: SpanKind.PRODUCER };
