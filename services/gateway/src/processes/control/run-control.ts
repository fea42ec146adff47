import { availableParallelism } from 'node:os';
import { redactedConfig } from '@sallyport/config';
import { systemClock } from '@sallyport/context';
import { onShutdownSignal, startHealthServer, type Logger } from '@sallyport/telemetry';
import { gatewaySettings, type GatewayConfig } from '../../config.js';
import { controlDeadlineMs } from '../stop-times.js';
import { DataFleet, type DataFleetOptions } from './data-fleet.js';
import { fleetChecks, fleetFacts } from './fleet-health.js';
import { fleetMetrics } from './fleet-metrics.js';
import { forkDataProcess } from './fork-data-process.js';
import { openFrontDoor } from './front-door.js';
import { RefusalLog } from './refusal-log.js';
import { WAITING, WaitingRoom } from './waiting-room.js';

/**
 * The control process: owns the SSH port and the health port, and hands every connection to a data process before a byte of it is read. It holds no session and
 * no secret, so that nothing a client or an asset says can harm it.
 */
export async function runControl(config: GatewayConfig, logger: Logger): Promise<void> {
  logger.info({ config: redactedConfig(gatewaySettings, config) }, 'starting');
  const refusals = new RefusalLog(systemClock, (fact) => logger.warn(fact, 'too many connections wait to sign in'));
  const room = new WaitingRoom(WAITING, (source) => {
    metrics.refused();
    refusals.refused(source);
  });
  const metrics = fleetMetrics(() => room.waiting);
  const fleet = new DataFleet(fleetSettings(config), {
    clock: systemClock,
    logger,
    fork: forkDataProcess(systemClock),
    onLost: metrics.lost,
  });
  const health = await startHealthServer({
    host: config.GATEWAY_HEALTH_HOST,
    port: config.GATEWAY_HEALTH_PORT,
    metrics: { text: () => metrics.text(fleet) },
    checks: fleetChecks(fleet),
    facts: () => fleetFacts(fleet),
  });
  // Who comes before the first data process serves waits for it: there is no moment between two gateways at which a login is refused.
  const { GATEWAY_SSH_HOST: host, GATEWAY_SSH_PORT } = config;
  const door = await openFrontDoor({ host, port: GATEWAY_SSH_PORT }, room, (visitor) => fleet.receive(visitor));
  await fleet.open(`${host}:${door.port}`);
  logger.info({ host, port: door.port, processes: fleet.slots.length, crypto: fleet.crypto }, 'SSH is served');
  onShutdownSignal(logger, controlDeadlineMs(config.GATEWAY_DRAIN_SECONDS), async () => {
    health.setDraining();
    door.shut();
    await fleet.drain();
    await health.close();
  });
}

function fleetSettings(config: GatewayConfig): DataFleetOptions {
  const cores = availableParallelism();
  const processes = config.GATEWAY_DATA_PROCESSES ?? Math.max(2, cores);
  return {
    gatewayId: config.GATEWAY_ID,
    processes,
    spoolMaxBytes: config.GATEWAY_SPOOL_MAX_BYTES,
    // A thread each at least; where there are more cores than processes, terminals may use them.
    terminalThreads: Math.min(MAX_TERMINAL_THREADS, Math.max(1, Math.floor(cores / processes))),
    patienceMs: config.GATEWAY_LOGIN_GRACE_SECONDS * 1000,
  };
}

const MAX_TERMINAL_THREADS = 4;
