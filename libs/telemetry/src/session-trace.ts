import { ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { withRootIds, type SpanIds } from './root-ids.js';
import { openSpan, type OpenSpan } from './tracing.js';

/** Returns the fields that every log line about a session has. The id of a session's trace is the session's id without its dashes. */
export const ofSession = (sessionId: string): { session_id: string; trace_id: string } => ({
  session_id: sessionId,
  trace_id: traceIdOf(sessionId),
});

/** Returns headers whose spans belong to the trace of a session: every process computes them, so no message has to carry them. */
export const sessionTrace = (sessionId: string): Record<string, string> => {
  const { traceId, spanId } = rootOf(sessionId);
  return { traceparent: `00-${traceId}-${spanId}-01` };
};

/** Begins the first span of a session's trace. */
export function beginSessionTrace(name: string, sessionId: string): OpenSpan {
  const start = () => trace.getTracer('sallyport').startSpan(name, { kind: SpanKind.SERVER, root: true }, ROOT_CONTEXT);
  return openSpan(withRootIds(rootOf(sessionId), start), ROOT_CONTEXT);
}

/** Returns the ids of a session's first span. A uuid of version 7 ends in 62 random bits, as sampling by trace id needs (W3C Trace Context 2). */
const rootOf = (sessionId: string): SpanIds => ({ traceId: traceIdOf(sessionId), spanId: traceIdOf(sessionId).slice(16) });
const traceIdOf = (sessionId: string): string => sessionId.replaceAll('-', '').toLowerCase();
