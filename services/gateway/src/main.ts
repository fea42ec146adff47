import { readFileSync } from 'node:fs';
import { connectBus } from '@sallyport/bus';
import { redactedConfig } from '@sallyport/config';
import { systemClock } from '@sallyport/context';
import { AccessServiceService } from '@sallyport/proto-gen/access/v1/access_service';
import { createClient, meshCredentials } from '@sallyport/rpc';
import { createLogger, createMetrics, onShutdownSignal, startHealthServer, startTracing } from '@sallyport/telemetry';
import { composeGateway } from './compose.js';
import { gatewaySettings, loadGatewayConfig, type GatewayConfig } from './config.js';
import { createAccessPeer } from './peers/access-peer.js';
import { createRecorderLink } from './recording/index.js';
import { cryptoInUse } from './ssh/index.js';

/** For frames to reach the recorder, or else the spool, after the last session ended. */
const HAND_OVER_MS = 10_000;
const STOP_SLACK_MS = 20_000;

const config = loadGatewayConfig();
const logger = createLogger({ service: 'gateway', level: config.LOG_LEVEL });

try {
  await run(config);
} catch (error) {
  logger.fatal({ err: error }, 'the gateway could not start');
  process.exit(1);
}

async function run(config: GatewayConfig): Promise<void> {
  logger.info({ config: redactedConfig(gatewaySettings, config), crypto: cryptoInUse() }, 'starting');
  const tracing = startTracing({ service: 'gateway', endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT });
  const metrics = createMetrics('gateway');
  const credentials = meshCredentials({ caFile: config.RPC_CA_FILE, certFile: config.RPC_CERT_FILE, keyFile: config.RPC_KEY_FILE });
  const core = createClient(AccessServiceService, config.GATEWAY_CORE_ADDRESS, { credentials, peer: 'core' });
  const bus = connectBus({ url: config.NATS_URL, token: config.NATS_TOKEN, name: config.GATEWAY_ID, logger });
  const recordings = createRecorderLink({ address: config.GATEWAY_RECORDER_ADDRESS, credentials, spoolDir: config.GATEWAY_SPOOL_DIR, spoolMaxBytes: config.GATEWAY_SPOOL_MAX_BYTES, logger });
  metrics.gauge('gateway_recording_unacked_bytes', 'frames that no recorder has stored yet', [], () => recordings.status().unackedBytes);
  metrics.gauge('gateway_recording_spooled_bytes', 'frames that wait on disk', [], () => recordings.status().spooledBytes);
  metrics.gauge('gateway_recording_dropped_bytes', 'bytes missing from recordings, each marked there as a gap', [], () => recordings.status().dropped);
  const gateway = composeGateway(
    {
      id: config.GATEWAY_ID,
      sshHost: config.GATEWAY_SSH_HOST,
      sshPort: config.GATEWAY_SSH_PORT,
      hostKeys: readHostKeys(config.GATEWAY_HOST_KEY_FILE),
      loginGraceSeconds: config.GATEWAY_LOGIN_GRACE_SECONDS,
      maxAuthTries: config.GATEWAY_MAX_AUTH_TRIES,
      drainSeconds: config.GATEWAY_DRAIN_SECONDS,
    },
    { access: createAccessPeer(core), recordings, bus, clock: systemClock, logger, metrics },
  );
  const health = await startHealthServer({
    host: config.GATEWAY_HEALTH_HOST,
    port: config.GATEWAY_HEALTH_PORT,
    metrics,
    checks: {
      core: () => failWith(gateway.whyCoreIsAway()),
      recorder: () => failWith(recordings.status().connected ? undefined : 'not connected; sessions are spooled'),
      nats: () => failWith(bus.problem()),
    },
    facts: () => ({ crypto: cryptoInUse(), ...recordings.status() }),
  });
  void recordings.recoverSpool().catch((error: unknown) => logger.error({ err: error }, 'the spool could not be shipped'));
  await gateway.start();
  onShutdownSignal(logger, config.GATEWAY_DRAIN_SECONDS * 1000 + HAND_OVER_MS + STOP_SLACK_MS, async () => {
    health.setDraining();
    await gateway.drain();
    await recordings.shutdown(HAND_OVER_MS);
    await bus.close();
    core.close();
    await health.close();
    await tracing.shutdown();
  });
}

/** A missing or unreadable file is named, and which setting it came from. */
function readHostKeys(files: string): string[] {
  return files.split(',').map((file) => {
    try {
      return readFileSync(file.trim(), 'utf8');
    } catch (error) {
      throw new Error(`GATEWAY_HOST_KEY_FILE: cannot read "${file.trim()}"`, { cause: error });
    }
  });
}

function failWith(problem: string | undefined): void {
  if (problem) throw new Error(problem);
}
