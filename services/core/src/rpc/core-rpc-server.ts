import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { RpcServer, type Handlers, type ServiceDefinition } from '@sallyport/rpc';
import type { Logger, Metrics } from '@sallyport/telemetry';
import { LOGGER, METRICS } from '../platform/index.js';
import { RPC_SETTINGS, type RpcSettings } from './rpc-settings.js';

/** Calls that run at shutdown may take this long to end. */
const GRACE_MS = 10_000;

/** Core's gRPC server. Each module adds its own services while it starts; it listens once all have. */
@Injectable()
export class CoreRpcServer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #server: RpcServer;
  #port: number | undefined;

  constructor(
    @Inject(RPC_SETTINGS) private readonly settings: RpcSettings,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(METRICS) metrics: Metrics,
  ) {
    this.#server = new RpcServer({ credentials: settings.credentials, logger, metrics });
  }

  /** Adds a service; `allow` names the services whose certificates may call it. */
  add<S extends ServiceDefinition>(definition: S, handlers: Handlers<S>, allow: { allow: readonly string[] }): void {
    this.#server.add(definition, handlers, allow);
  }

  /** Returns the port that it listens on. */
  get port(): number {
    if (this.#port === undefined) throw new Error('the gRPC server does not listen yet');
    return this.#port;
  }

  async onApplicationBootstrap(): Promise<void> {
    this.#port = await this.#server.listen(this.settings.host, this.settings.port);
    this.logger.info({ host: this.settings.host, port: this.#port }, 'gRPC listens');
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#server.shutdown(GRACE_MS);
  }
}
