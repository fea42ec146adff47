import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { createClient, type MeshCredentials, type RpcClient, type ServiceDefinition } from '@sallyport/rpc';
import type { Metrics } from '@sallyport/telemetry';
import { METRICS } from '../platform/index.js';
import { MESH_CREDENTIALS } from './rpc-settings.js';

/** Creates the clients of core's peers, and closes them after core stopped serving. */
@Injectable()
export class PeerClients implements OnApplicationShutdown {
  readonly #clients: { close(): void }[] = [];

  constructor(
    @Inject(MESH_CREDENTIALS) private readonly credentials: MeshCredentials,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {}

  /** Connects to a peer; `name` is the service name that its certificate must carry. */
  connect<S extends ServiceDefinition>(definition: S, address: string, name: string): RpcClient<S> {
    const client = createClient(definition, address, { credentials: this.credentials, peer: name, metrics: this.metrics });
    this.#clients.push(client);
    return client;
  }

  onApplicationShutdown(): void {
    for (const client of this.#clients) client.close();
  }
}
