import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, RandomIdGenerator, type IdGenerator } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { idsOfRoot } from './root-ids.js';

/** Sends spans to `endpoint` (OTLP over HTTP) from now on. */
export function exportTraces(service: string, endpoint: string): NodeTracerProvider {
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.namespace': 'sallyport' }),
    idGenerator: idsOfSessions(),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` }))],
  });
  provider.register();
  return provider;
}

/** Returns random ids, except for the first span of a session's trace, whose ids are those of the session. */
function idsOfSessions(): IdGenerator {
  const random = new RandomIdGenerator();
  return {
    generateTraceId: () => idsOfRoot()?.traceId ?? random.generateTraceId(),
    generateSpanId: () => idsOfRoot()?.spanId ?? random.generateSpanId(),
  };
}
