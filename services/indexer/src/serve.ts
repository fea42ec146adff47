import { connectBus } from '@sallyport/bus';
import { redactedConfig } from '@sallyport/config';
import { returnMemory, systemClock } from '@sallyport/context';
import { AppError } from '@sallyport/errors';
import { meshCredentials } from '@sallyport/rpc';
import { createLogger, onShutdownSignal, startTracing, type Logger } from '@sallyport/telemetry';
import { startIndexer } from './compose.js';
import { indexerSettings, storeChoice, type IndexerConfig } from './config.js';
import { openStore, type CommandStore } from './store/index.js';

/** The indexer stops within this time, whatever happens. */
const STOP_DEADLINE_MS = 20_000;

/** Serves until a signal. */
export async function serve(config: IndexerConfig): Promise<void> {
  const logger = createLogger({ service: 'indexer', level: config.LOG_LEVEL });
  logger.info({ config: redactedConfig(indexerSettings, config) }, 'starting');
  const tracing = startTracing({ service: 'indexer', endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT });
  const identity = { caFile: config.RPC_CA_FILE, certFile: config.RPC_CERT_FILE, keyFile: config.RPC_KEY_FILE };
  const credentials = meshCredentials(identity, { logger });
  const store = openStore(storeChoice(config), logger);
  await refuseOldSchema(store, logger);
  const bus = connectBus({ url: config.NATS_URL, service: 'indexer', identity, logger });
  const indexer = await startIndexer(
    { credentials, store, bus, logger },
    {
      rpc: { host: config.INDEXER_RPC_HOST, port: config.INDEXER_RPC_PORT },
      health: { host: config.INDEXER_HEALTH_HOST, port: config.INDEXER_HEALTH_PORT },
    },
  );
  onShutdownSignal(logger, STOP_DEADLINE_MS, async () => {
    await indexer.stop();
    await tracing.shutdown();
  });
  returnMemory(systemClock);
}

/** Refuses a schema that lacks a migration, which needs an operator. An unavailable store is checked later. */
async function refuseOldSchema(store: CommandStore, logger: Logger): Promise<void> {
  try {
    await store.prepare();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'COMMAND_STORE_UNAVAILABLE') throw error;
    logger.warn({ problem: error.message }, 'starting without the store');
  }
}
