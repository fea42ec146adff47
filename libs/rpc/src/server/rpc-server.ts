import { Server, type ServiceDefinition as GrpcServiceDefinition, type UntypedServiceImplementation } from '@grpc/grpc-js';
import type { Logger, Metrics } from '@sallyport/telemetry';
import { CHANNEL_OPTIONS } from '../channel-options.js';
import type { MeshCredentials } from '../credentials.js';
import type { ServiceDefinition } from '../method-types.js';
import { adaptBidi, adaptServerStream, adaptUnary, type HandlerDeps } from './adapt.js';
import type { Handlers } from './handlers.js';
import { serverMetrics, type ServerMetrics } from './server-metrics.js';

/** Collaborators and values of a server. */
export interface RpcServerOptions {
  readonly credentials: MeshCredentials;
  readonly logger: Logger;
  /** Counts the requests. */
  readonly metrics?: Metrics;
  readonly maxConnectionAgeMs?: number;
}

/**
 * A connection takes no more calls after this time, or up to a tenth before or after it; those that run go on until they end. Its client looks the name up again
 * and finds replicas that were added, and both sides show the certificates that they have by then.
 */
const MAX_CONNECTION_AGE_MS = 300_000;

/** A gRPC server that accepts only peers with a certificate of our authority, and at each method only its own peers. */
export class RpcServer {
  readonly #server: Server;
  readonly #credentials: MeshCredentials;
  readonly #logger: Logger;
  readonly #metrics: ServerMetrics | undefined;

  constructor({ credentials, logger, metrics, maxConnectionAgeMs = MAX_CONNECTION_AGE_MS }: RpcServerOptions) {
    this.#server = new Server({ ...CHANNEL_OPTIONS, 'grpc.max_connection_age_ms': maxConnectionAgeMs });
    this.#credentials = credentials;
    this.#logger = logger;
    this.#metrics = metrics && serverMetrics(metrics);
  }

  /** Adds a service. `allow` names the services that may call it. */
  add<S extends ServiceDefinition>(definition: S, handlers: Handlers<S>, { allow }: { allow: readonly string[] }): this {
    const deps: HandlerDeps = { allow, logger: this.#logger, metrics: this.#metrics };
    const adapted: UntypedServiceImplementation = {};
    for (const [name, method] of Object.entries(definition)) adapted[name] = adapt(deps, method, handlers[name as keyof S] as never);
    this.#server.addService(definition as unknown as GrpcServiceDefinition, adapted);
    return this;
  }

  /** Listens and returns the port, which matters if `port` is 0. The error names a port that is taken. */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.bindAsync(`${host}:${port}`, this.#credentials.server, (error, bound) =>
        error ? reject(new Error(`Cannot listen for gRPC on ${host}:${port}: ${error.message}`, { cause: error })) : resolve(bound),
      );
    });
  }

  /** Accepts no new calls, lets running ones finish within `graceMs`, then ends them. */
  async shutdown(graceMs: number): Promise<void> {
    const timer = setTimeout(() => this.#server.forceShutdown(), graceMs);
    await new Promise<void>((resolve) => this.#server.tryShutdown(() => resolve()));
    clearTimeout(timer);
  }
}

function adapt(deps: HandlerDeps, method: ServiceDefinition[string], handler: never): UntypedServiceImplementation[string] {
  if (method.requestStream && method.responseStream) return adaptBidi(deps, handler);
  if (method.responseStream) return adaptServerStream(deps, handler);
  return adaptUnary(deps, handler);
}
