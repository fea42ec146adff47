export { startHealthServer, type HealthCheck, type HealthOptions, type HealthServer } from './health-server.js';
export { createLogger, type Logger, type LoggerOptions } from './logger.js';
export { createMetrics, oncePerProcess, type Metrics, type ReadGauge, type Reading } from './metrics.js';
export { showDisks } from './disk-metrics.js';
export { showPools, type ShownPool } from './pool-metrics.js';
export { addCounted, textOfProcesses, type MetricValues, type ProcessMetrics } from './process-metrics.js';
export { onShutdownSignal } from './shutdown-signal.js';
export { beginSessionTrace, ofSession, sessionTrace } from './session-trace.js';
export { beginSpan, inSpan, startTracing, traceHeaders, type OpenSpan, type Tracing } from './tracing.js';
