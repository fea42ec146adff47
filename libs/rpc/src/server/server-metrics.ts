import { oncePerProcess } from '@sallyport/telemetry';

/** Counts the calls that a server answers. */
export interface ServerMetrics {
  /** Counts a call that has ended; `path` is its method, `code` its gRPC status. */
  answered(path: string, code: string, seconds: number): void;
}

const BUCKETS_S = [0.002, 0.005, 0.01, 0.025, 0.1, 0.5, 2, 10];

/** Registers the metrics of a process's gRPC server. */
export const serverMetrics = oncePerProcess((metrics): ServerMetrics => {
  const requests = metrics.counter('rpc_requests_total', 'gRPC calls answered, by method and gRPC status', ['method', 'code']);
  const durations = metrics.histogram('rpc_duration_seconds', 'How long gRPC calls took; a stream counts to its end', BUCKETS_S, [
    'method',
  ]);
  return {
    answered(path, code, seconds) {
      const method = path.slice(1);
      requests.inc({ method, code });
      durations.observe({ method }, seconds);
    },
  };
});
