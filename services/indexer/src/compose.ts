import type { Bus } from '@sallyport/bus';
import { systemClock, type Clock } from '@sallyport/context';
import { CommandSearchServiceService } from '@sallyport/proto-gen/command/v1/command_search';
import { RpcServer, showCertificate, type MeshCredentials } from '@sallyport/rpc';
import { createMetrics, showPools, startHealthServer, type Logger } from '@sallyport/telemetry';
import { consumeCommands } from './consume/command.consumer.js';
import { indexingMetrics } from './consume/indexing-metrics.js';
import { commandSearchHandlers } from './query/command-search.rpc.js';
import type { CommandStore } from './store/index.js';

/** Collaborators of an indexer. */
export interface IndexerDeps {
  readonly credentials: MeshCredentials;
  readonly store: CommandStore;
  readonly bus: Bus;
  readonly logger: Logger;
  readonly clock?: Clock;
}

/** Addresses that an indexer listens on. */
export interface IndexerOptions {
  readonly rpc: { readonly host: string; readonly port: number };
  readonly health: { readonly host: string; readonly port: number };
}

/** A running indexer. */
export interface Indexer {
  readonly rpcPort: number;
  readonly healthPort: number;
  /** Stores the current batch, answers running searches, then stops. */
  stop(): Promise<void>;
}

const SEARCH_GRACE_MS = 10_000;

/** Builds an indexer and starts it. */
export async function startIndexer(
  { credentials, store, bus, logger, clock = systemClock }: IndexerDeps,
  listen: IndexerOptions,
): Promise<Indexer> {
  const metrics = createMetrics('indexer');
  showCertificate(metrics, credentials);
  if (store.pools) showPools(metrics, store.pools);
  const server = new RpcServer({ credentials, logger, metrics }).add(CommandSearchServiceService, commandSearchHandlers(store), {
    allow: ['core'],
  });
  const health = await startHealthServer({
    ...listen.health,
    service: 'indexer',
    metrics,
    checks: { nats: () => failWith(bus.problem()), store: () => store.check() },
    facts: () => ({ location: store.location }),
  });
  const rpcPort = await server.listen(listen.rpc.host, listen.rpc.port);
  const consuming = consumeCommands({ bus, store, clock, logger, metrics: indexingMetrics(metrics, clock), processMetrics: metrics });
  logger.info({ rpcPort, healthPort: health.port, store: store.location }, 'indexer is ready');
  return {
    rpcPort,
    healthPort: health.port,
    async stop() {
      health.setDraining();
      await Promise.all([consuming.stop(), server.shutdown(SEARCH_GRACE_MS)]);
      await bus.close();
      await store.close();
      await health.close();
    },
  };
}

function failWith(problem: string | undefined): void {
  if (problem) throw new Error(problem);
}
