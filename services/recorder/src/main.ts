import { setFlagsFromString } from 'node:v8';
import { connectBus } from '@sallyport/bus';
import { redactedConfig } from '@sallyport/config';
import { returnMemory, systemClock } from '@sallyport/context';
import { readFormerKeys, readSigningKey } from '@sallyport/crypto';
import { meshCredentials } from '@sallyport/rpc';
import { createLogger, onShutdownSignal, startTracing } from '@sallyport/telemetry';
import { startRecorder } from './compose.js';
import { loadRecorderConfig, recorderSchema, type RecorderConfig } from './config.js';
import { openStore } from './open-store.js';

/** The recorder stops within this time, whatever happens. */
const STOP_DEADLINE_MS = 20_000;

// Garbage is collected when memory has tripled: V8 counts recorded bytes too, and would search the whole heap every few MiB of them.
setFlagsFromString('--heap-growing-percent=200');

const config = loadRecorderConfig();
const logger = createLogger({ service: 'recorder', level: config.LOG_LEVEL });

try {
  await run(config);
} catch (error) {
  logger.fatal({ err: error }, 'the recorder could not start');
  process.exit(1);
}

async function run(config: RecorderConfig): Promise<void> {
  logger.info({ config: redactedConfig(recorderSchema, config) }, 'starting');
  const tracing = startTracing({ service: 'recorder', endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT });
  const identity = { caFile: config.RPC_CA_FILE, certFile: config.RPC_CERT_FILE, keyFile: config.RPC_KEY_FILE };
  const credentials = meshCredentials(identity, { logger });
  const signingKeyPem = readSigningKey({ RECORDER_SIGNING_KEY_FILE: config.RECORDER_SIGNING_KEY_FILE });
  const store = await openStore(config);
  const bus = connectBus({ url: config.NATS_URL, service: 'recorder', identity, logger });
  const recorder = await startRecorder({
    credentials,
    store,
    folder: config.RECORDER_STORE === 'fs' ? config.RECORDER_FS_DIR : undefined,
    bus,
    signingKeyPem,
    formerKeys: readFormerKeys({ RECORDER_FORMER_KEYS_FILE: config.RECORDER_FORMER_KEYS_FILE }),
    logger,
    rpc: { host: config.RECORDER_RPC_HOST, port: config.RECORDER_RPC_PORT },
    health: { host: config.RECORDER_HEALTH_HOST, port: config.RECORDER_HEALTH_PORT },
  });
  onShutdownSignal(logger, STOP_DEADLINE_MS, async () => {
    await recorder.stop();
    await tracing.shutdown();
  });
  returnMemory(systemClock);
}
