import type { AppError } from '@sallyport/errors';
import { oncePerProcess } from '@sallyport/telemetry';

/** Counts the calls to peers that fail. */
export interface ClientMetrics {
  failed(peer: string, error: AppError): void;
}

/** Registers the metrics of a process's gRPC clients. */
export const clientMetrics = oncePerProcess((metrics): ClientMetrics => {
  const errors = metrics.counter('rpc_client_errors_total', 'gRPC calls that failed, by the peer called and the kind of the error', [
    'peer',
    'kind',
  ]);
  return { failed: (peer, { kind }) => errors.inc({ peer, kind }) };
});
