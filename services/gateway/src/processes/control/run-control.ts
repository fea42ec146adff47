import { availableParallelism } from 'node:os';
import { redactedConfig } from '@sallyport/config';
import { returnMemory, sourceOf, systemClock } from '@sallyport/context';
import { onShutdownSignal, startHealthServer, type Logger } from '@sallyport/telemetry';
import { gatewaySettings, type GatewayConfig } from '../../config.js';
import { controlDeadlineMs } from '../stop-times.js';
import { inRanges } from './address-ranges.js';
import { ArrivalPace } from './arrival-pace.js';
import { DataFleet, type DataFleetOptions } from './data-fleet.js';
import { fleetChecks, fleetFacts } from './fleet-health.js';
import { fleetMetrics } from './fleet-metrics.js';
import { forkDataProcess } from './fork-data-process.js';
import type { PendingConnection } from './pending-connection.js';
import { logDrain } from './log-drain.js';
import { LoadBalancers } from './proxy/load-balancers.js';
import { openSshListener } from './ssh-listener.js';
import { RefusalLog } from './refusal-log.js';
import { PreauthLimiter, type Refusal } from './preauth-limiter.js';
import { SourcePenalties } from './source-penalties.js';
import { UserConnections } from './user-connections.js';

/**
 * Runs the control process. It owns the SSH port and the health port, and hands every connection to a data process before a byte of it is
 * read. It holds neither a session nor a secret, so that no message of a client or an asset can harm it.
 */
export async function runControl(config: GatewayConfig, logger: Logger): Promise<void> {
  logger.info({ config: redactedConfig(gatewaySettings, config) }, 'starting');
  const refusals = new RefusalLog(systemClock, (fact) =>
    logger.warn(fact, 'unauthenticated connections are refused, or closed in favour of new ones'),
  );
  const limitsOfHeaders = { timeoutMs: config.GATEWAY_LOGIN_GRACE_SECONDS * 1000, waiting: config.GATEWAY_MAX_STARTUPS.full };
  const balancers = LoadBalancers.of(config.GATEWAY_PROXY_PROTOCOL_FROM, limitsOfHeaders, systemClock);
  // Without penalties and pace. Loopback is where a proxy of this machine connects from, for all users.
  const isExemptClient = inRanges(config.GATEWAY_PER_SOURCE_PENALTY_EXEMPT_LIST);
  // A load balancer's own connections are health checks.
  const isExempt = (address: string): boolean => isExemptClient(address) || balancers?.has(address) === true;
  const penalties = new SourcePenalties(config.GATEWAY_PER_SOURCE_PENALTIES, isExempt, systemClock);
  const limits = { perSource: config.GATEWAY_PER_SOURCE_MAX_STARTUPS, total: config.GATEWAY_MAX_STARTUPS };
  const onRefused = (source: string, why: Refusal): void => {
    metrics.refused(why);
    refusals.refused(source, why);
  };
  const limiter = new PreauthLimiter(limits, { clock: systemClock, penalties, onRefused });
  const users = new UserConnections(config.GATEWAY_MAX_CONNECTIONS_PER_USER);
  const metrics = fleetMetrics(() => limiter.pending, config.GATEWAY_SPOOL_DIR);
  const fleet = new DataFleet(fleetSettings(config), {
    clock: systemClock,
    logger,
    fork: forkDataProcess(systemClock),
    onLost: metrics.lost,
    admitUser: (user) => users.admit(user),
    onSettled: ({ place: { source }, address }, outcome) => {
      if (outcome === 'signed-in') for (const each of [penalties, arrivals]) each.signedIn(source);
      else if (outcome !== 'closed') penalties.add(source, address, outcome);
    },
  });
  const arrivals = new ArrivalPace<PendingConnection>(isExempt, systemClock, (connection) => fleet.receive(connection));
  const health = await startHealthServer({
    host: config.GATEWAY_HEALTH_HOST,
    port: config.GATEWAY_HEALTH_PORT,
    service: 'gateway',
    metrics: { text: () => metrics.text(fleet) },
    checks: fleetChecks(fleet),
    facts: () => fleetFacts(fleet),
  });
  // A connection that comes before the first data process serves waits for it: no login is refused between two gateways.
  const { GATEWAY_SSH_HOST: host, GATEWAY_SSH_PORT } = config;
  const listener = await openSshListener(
    { host, port: GATEWAY_SSH_PORT },
    limiter,
    (connection) => arrivals.receive(connection),
    balancers && { balancers, onRefused: (address) => onRefused(sourceOf(address), 'proxy-header') },
  );
  const { GATEWAY_DRAIN_SECONDS: drainSeconds } = config;
  let isStopping = false;
  const stop = async (): Promise<void> => {
    isStopping = true;
    health.setDraining();
    metrics.draining();
    listener.close();
    const log = logDrain({ fleet, clock: systemClock, logger, drainSeconds });
    await fleet.drain();
    log.stop();
    await health.close();
  };
  onShutdownSignal(logger, controlDeadlineMs(drainSeconds), stop, {
    onAgain: () => fleet.endSessions(),
    againDeadlineMs: controlDeadlineMs(0),
  });
  try {
    await fleet.open(`${host}:${listener.port}`);
  } catch (error) {
    if (isStopping) return; // its processes ended because a signal came
    throw error;
  }
  returnMemory(systemClock);
  logger.info({ host, port: listener.port, processes: fleet.slots.length, crypto: fleet.crypto }, 'SSH is served');
}

function fleetSettings(config: GatewayConfig): DataFleetOptions {
  const cores = availableParallelism();
  const processes = config.GATEWAY_DATA_PROCESSES ?? Math.max(2, cores);
  return {
    gatewayId: config.GATEWAY_ID,
    processes,
    spoolMaxBytes: config.GATEWAY_SPOOL_MAX_BYTES,
    // At least one thread each. Cores beyond the number of processes are for terminal threads.
    terminalThreads: Math.min(MAX_TERMINAL_THREADS, Math.max(1, Math.floor(cores / processes))),
    maxWaitMs: config.GATEWAY_LOGIN_GRACE_SECONDS * 1000,
  };
}

const MAX_TERMINAL_THREADS = 4;
