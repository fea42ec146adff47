import { readFileSync } from 'node:fs';
import { connectBus } from '@sallyport/bus';
import { returnMemory, systemClock } from '@sallyport/context';
import { readAuditorsKey } from '@sallyport/crypto';
import { AccessServiceService } from '@sallyport/proto-gen/access/v1/access_service';
import { createClient, meshCredentials, showCertificate } from '@sallyport/rpc';
import { createMetrics, startTracing, type Logger } from '@sallyport/telemetry';
import { composeGateway } from '../../compose.js';
import type { GatewayConfig } from '../../config.js';
import { createAccessPeer } from '../../peers/access-peer.js';
import { createRecorderLink, showRecordings } from '../../recording/index.js';
import { cryptoInUse, readHostKeys } from '../../ssh/index.js';
import type { InputSealing } from '../../taps/input-sealing.js';
import { dataDeadlineMs, HAND_OVER_MS } from '../stop-times.js';
import { controlChannel } from './control-channel.js';
import { endAtOnce, leaveSignalsToControl } from './end-at-once.js';
import { reportLoad } from './report-load.js';
import { PendingConnections } from './pending-connections.js';
import { yieldToKeys } from './yield-to-keys.js';

/** A small buffer that a session keeps must not keep 64 KiB, which is Node's default, of the shared pool. */
const POOL_BYTES = 4 * 1024;

/** The time for the last calls to NATS and the receiver of traces, when everything is recorded. */
const LAST_CALLS_MS = 2_000;

/** Runs a data process. It serves the connections that the control process hands over, from sign-in to end. */
export async function runDataProcess(config: GatewayConfig, wholeLog: Logger): Promise<void> {
  Buffer.poolSize = POOL_BYTES;
  leaveSignalsToControl();
  await yieldToKeys();
  const control = controlChannel();
  const order = await control.order;
  const logger = wholeLog.child({ gateway: order.gatewayId });
  const tracing = startTracing({ service: 'gateway', endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT });
  const metrics = createMetrics('gateway');
  const identity = { caFile: config.RPC_CA_FILE, certFile: config.RPC_CERT_FILE, keyFile: config.RPC_KEY_FILE };
  const credentials = meshCredentials(identity, { logger });
  showCertificate(metrics, credentials);
  const core = createClient(AccessServiceService, config.GATEWAY_CORE_ADDRESS, { credentials, peer: 'core', metrics });
  const bus = connectBus({ url: config.NATS_URL, service: 'gateway', identity, name: order.gatewayId, logger });
  const recordings = createRecorderLink({
    address: config.GATEWAY_RECORDER_ADDRESS,
    credentials,
    spoolDir: config.GATEWAY_SPOOL_DIR,
    spoolMaxBytes: order.spoolMaxBytes,
    logger,
    metrics,
  });
  showRecordings(metrics, recordings);
  const pending = new PendingConnections((message) => control.send(message));
  const gateway = composeGateway(
    {
      id: order.gatewayId,
      hostKeys: await readHostKeys(readFiles('GATEWAY_HOST_KEY_FILE', config.GATEWAY_HOST_KEY_FILE.split(','))),
      banner: config.GATEWAY_BANNER_FILE && readFiles('GATEWAY_BANNER_FILE', [config.GATEWAY_BANNER_FILE])[0],
      loginGraceSeconds: config.GATEWAY_LOGIN_GRACE_SECONDS,
      maxAuthTries: config.GATEWAY_MAX_AUTH_TRIES,
      drainSeconds: config.GATEWAY_DRAIN_SECONDS,
      maxInputBytes: config.GATEWAY_MAX_INPUT_BYTES,
      keepFileBytes: config.GATEWAY_KEEP_FILE_BYTES,
      sealing: sealingOf(config),
      maxSessions: config.GATEWAY_MAX_SESSIONS,
      unusedTimeoutSeconds: config.GATEWAY_UNUSED_CONNECTION_TIMEOUT_SECONDS,
      keepaliveSeconds: config.GATEWAY_KEEPALIVE_SECONDS,
      showAssetBanners: config.GATEWAY_SHOW_ASSET_BANNERS,
    },
    {
      access: createAccessPeer(core),
      recordings,
      bus,
      clock: systemClock,
      logger,
      metrics,
      terminals: { threads: order.terminalThreads },
      onSettled: (socket, outcome) => pending.settle(socket, outcome),
      onProgress: (socket, step) => pending.progress(socket, step),
      admit: (socket, user) => pending.admit(socket, user),
    },
  );
  endAtOnce({ recordings, markUnsearched: () => gateway.markUnsearched() }, logger);
  void recordings.recoverSpool().catch((error: unknown) => logger.error({ err: error }, 'the spool could not be shipped'));
  const drain = async (): Promise<void> => {
    exitAfter(dataDeadlineMs(config.GATEWAY_DRAIN_SECONDS));
    await gateway.drain();
    await recordings.shutdown(HAND_OVER_MS);
    await Promise.race([Promise.all([bus.close(), tracing.shutdown()]), systemClock.sleep(LAST_CALLS_MS)]);
    process.exit(0);
  };
  control.serve({
    onConnection: (connection, socket, address) => {
      pending.add(connection, socket);
      gateway.serve(socket, address);
    },
    onDrop: (connection) => pending.drop(connection),
    onAdmitted: (answer) => pending.admitted(answer),
    onSpool: (maxBytes) => recordings.limitSpool(maxBytes),
    metrics: () => metrics.values(),
    onDrain: () => void drain(),
    onEndSessions: () => {
      exitAfter(dataDeadlineMs(0));
      gateway.endSessions();
    },
  });
  gateway.start(order.address);
  reportLoad(
    systemClock,
    () => {
      const { connected, unackedBytes, spooledBytes, dropped } = recordings.status();
      const problems = {
        core: gateway.coreError(),
        recorder: connected ? undefined : 'not connected; sessions are spooled',
        nats: bus.problem(),
      };
      return { connections: pending.openCount, sessions: gateway.sessions(), problems, recording: { unackedBytes, spooledBytes, dropped } };
    },
    (report) => control.send({ type: 'report', report }),
  );
  returnMemory(systemClock);
  control.send({ type: 'serving', crypto: cryptoInUse() });
}

/** Ends the process after this time, whatever it waits for. */
function exitAfter(ms: number): void {
  setTimeout(() => process.exit(1), ms);
}

function sealingOf(config: GatewayConfig): InputSealing | undefined {
  const { GATEWAY_AUDITORS_KEY_FILE: file, GATEWAY_SEAL_INPUT: sealsInput, GATEWAY_KEEP_UNSEEN_INPUT: keepsUnseen } = config;
  return file === undefined ? undefined : { key: readAuditorsKey({ GATEWAY_AUDITORS_KEY_FILE: file }), sealsInput, keepsUnseen };
}

/** Reads files. The error of an unreadable one names it and the setting it came from. */
function readFiles(setting: string, files: readonly string[]): string[] {
  return files.map((file) => {
    try {
      return readFileSync(file.trim(), 'utf8');
    } catch (error) {
      throw new Error(`${setting}: cannot read "${file.trim()}"`, { cause: error });
    }
  });
}
