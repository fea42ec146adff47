import { context, propagation, SpanKind, SpanStatusCode, trace, type Span } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

/** Running tracing. */
export interface Tracing {
  /** Sends what is left. */
  shutdown(): Promise<void>;
}

/** Starts OpenTelemetry traces to `endpoint` (OTLP over HTTP); without an endpoint spans cost nothing and go nowhere. */
export function startTracing({ service, endpoint }: { service: string; endpoint?: string | undefined }): Tracing {
  if (!endpoint) return { shutdown: async () => {} };
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.namespace': 'sallyport' }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` }))],
  });
  provider.register();
  return { shutdown: () => provider.shutdown() };
}

/** The trace context of the running work as headers (W3C Trace Context), to be sent to a peer. */
export function traceHeaders(): Record<string, string> {
  const headers: Record<string, string> = {};
  propagation.inject(context.active(), headers);
  return headers;
}

/** Runs work in a span that continues the trace of `headers`. A failure marks the span and goes on. */
export async function inSpan<T>(name: string, kind: 'server' | 'client' | 'consumer' | 'producer', headers: Record<string, string>, work: (span: Span) => Promise<T>): Promise<T> {
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

const SPAN_KIND = { server: SpanKind.SERVER, client: SpanKind.CLIENT, consumer: SpanKind.CONSUMER, producer: SpanKind.PRODUCER };
