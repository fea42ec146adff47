import { connectBus } from '@sallyport/bus';
import { redactedConfig } from '@sallyport/config';
import { returnMemory, systemClock } from '@sallyport/context';
import { TasksServiceService } from '@sallyport/proto-gen/task/v1/tasks';
import { createClient, meshCredentials, showCertificate } from '@sallyport/rpc';
import { createLogger, createMetrics, onShutdownSignal, startHealthServer, startTracing } from '@sallyport/telemetry';
import { startWorker } from './compose.js';
import { loadWorkerConfig, workerSettings, type WorkerConfig } from './config.js';

/** A running task ends within its own 15 s. */
const STOP_DEADLINE_MS = 25_000;

const config = loadWorkerConfig();
const logger = createLogger({ service: 'worker', level: config.LOG_LEVEL });

try {
  await run(config);
} catch (error) {
  logger.fatal({ err: error }, 'the worker could not start');
  process.exit(1);
}

async function run(config: WorkerConfig): Promise<void> {
  logger.info({ config: redactedConfig(workerSettings, config) }, 'starting');
  const tracing = startTracing({ service: 'worker', endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT });
  const metrics = createMetrics('worker');
  const identity = { caFile: config.RPC_CA_FILE, certFile: config.RPC_CERT_FILE, keyFile: config.RPC_KEY_FILE };
  const credentials = meshCredentials(identity, { logger });
  showCertificate(metrics, credentials);
  const core = createClient(TasksServiceService, config.WORKER_CORE_ADDRESS, { credentials, peer: 'core', metrics });
  const bus = connectBus({ url: config.NATS_URL, service: 'worker', identity, logger });
  const health = await startHealthServer({
    host: config.WORKER_HEALTH_HOST,
    port: config.WORKER_HEALTH_PORT,
    service: 'worker',
    metrics,
    checks: { nats: () => failWith(bus.problem()), core: () => core.waitForReady(1_000) },
  });
  const worker = startWorker({
    id: config.WORKER_ID,
    concurrency: config.WORKER_CONCURRENCY,
    bus,
    core,
    clock: systemClock,
    logger,
    metrics,
  });
  onShutdownSignal(logger, STOP_DEADLINE_MS, async () => {
    health.setDraining();
    await worker.stop();
    await bus.close();
    core.close();
    await health.close();
    await tracing.shutdown();
  });
  returnMemory(systemClock);
}

function failWith(problem: string | undefined): void {
  if (problem) throw new Error(problem);
}
