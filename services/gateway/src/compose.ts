import type { Clock } from '@sallyport/context';
import type { Logger, Metrics } from '@sallyport/telemetry';
import type { Bus } from '@sallyport/bus';
import { EndReason } from '@sallyport/proto-gen/access/v1/session';
import { SignIn, WaitingRoom, type SignedIn } from './auth/index.js';
import { ClientGate } from './channels/index.js';
import { gatewayMetrics } from './health/gateway-metrics.js';
import type { AccessPeer } from './peers/access-peer.js';
import { AssetDialer, CloseReporter, drained, LeaseRenewal, orderedByCore, reasonText, SessionOpener, SessionRegistry, type Session } from './session/index.js';
import { createSshDialer, createSshServer, cryptoInUse } from './ssh/index.js';
import { createTerminalPool, type TerminalPoolOptions } from './taps/commands/index.js';
import type { RecordingOpener } from './taps/recording-port.js';
import { createTapMaker } from './taps/tap-maker.js';

/** Plain values from the configuration. */
export interface GatewaySettings {
  id: string;
  sshHost: string;
  sshPort: number;
  hostKeys: readonly string[];
  loginGraceSeconds: number;
  maxAuthTries: number;
  drainSeconds: number;
}

/** What the gateway stands on. */
export interface GatewayAdapters {
  access: AccessPeer;
  recordings: RecordingOpener;
  bus: Pick<Bus, 'subscribeTerminate'>;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  /** Where the terminal threads' compiled file is, when not beside this one. */
  terminals?: Pick<TerminalPoolOptions, 'threadFile'>;
}

export interface Gateway {
  /** Begins; resolves to the SSH port. */
  start(): Promise<number>;
  /** Takes nobody in any more, lets sessions end, ends them when the time is over, and stops. */
  drain(): Promise<void>;
  /** Why core does not answer; undefined when it does. */
  whyCoreIsAway(): string | undefined;
}

/** Sockets that may wait to sign in: a team behind one address fits, a flood does not. */
const WAITING = { perSource: 64, inAll: 1024 };
const DIAL_MS = 15_000;
/** For recordings and core to take the last word of sessions that were ended. */
const WRAP_UP_MS = 10_000;
const RESTARTING = 'This gateway is being restarted. Log in again in a moment.';

/** Puts the gateway together. */
export function composeGateway(settings: GatewaySettings, adapters: GatewayAdapters): Gateway {
  const { access, clock, logger } = adapters;
  const registry = new SessionRegistry();
  const room = new WaitingRoom(WAITING, (source) => logger.warn({ source }, 'too many connections wait to sign in'));
  const counts = gatewayMetrics(adapters.metrics, { sessions: () => registry.size, waiting: () => room.waiting });
  const pool = createTerminalPool({ clock, onFault: (fault) => logger.error({ fault }, 'terminal thread'), ...adapters.terminals });
  const reporter = new CloseReporter({ access, clock, logger });
  let isDraining = false;
  let leases: LeaseRenewal | undefined;

  const adopt = (session: Session): void => {
    registry.add(session);
    leases?.hurry();
    void session.over
      .then((report) => {
        counts.sessionEnded(reasonText(report.end.reason));
        return reporter.report(report);
      })
      .finally(() => registry.remove(session));
  };
  const dialer = new AssetDialer({ dialer: createSshDialer({ clock, timeoutMs: DIAL_MS }), access, clock, logger });
  const whyClosed = (): string | undefined => (isDraining ? RESTARTING : undefined);
  const opener = new SessionOpener({ access, adopt, whyClosed, dialer, recordings: adapters.recordings, clock, logger, gatewayId: settings.id });
  const gateTools = {
    opener,
    access,
    clock,
    logger,
    makeTap: createTapMaker({ clock, logger, pool }),
    onRefusal: (fact: object) => {
      counts.refused();
      logger.warn(fact, 'refused: not offered through this gate');
    },
    onClosed: counts.carried,
  };
  const server = createSshServer<SignedIn>(
    {
      hostKeys: settings.hostKeys,
      loginGraceSeconds: settings.loginGraceSeconds,
      admit: (address) => room.admit(address),
      authenticator: ({ remoteAddress, remoteSoftware }) =>
        new SignIn(
          { sourceIp: remoteAddress, software: remoteSoftware, gatewayId: settings.id },
          { access, clock, maxTries: settings.maxAuthTries, onRefused: (fact) => noteRefusedSignIn(fact) },
        ),
      onConnection: (connection, who) => {
        counts.signedIn();
        logger.info({ user: who.identity.username, from: who.client.sourceIp }, 'signed in');
        new ClientGate(connection, who, gateTools);
      },
      onTurnedAway: ({ remoteAddress }, why) => {
        counts.turnedAway();
        logger.info({ from: remoteAddress, why }, 'left without signing in');
      },
    },
    clock,
  );
  const noteRefusedSignIn = (fact: { username: string; sourceIp: string; why: string }): void => {
    counts.refusedSignIn();
    logger.info(fact, 'sign-in refused');
  };
  const orders = adapters.bus.subscribeTerminate(settings.id, ({ sessionId, message }) => registry.get(sessionId)?.end(orderedByCore(EndReason.TERMINATED, message)));

  return {
    async start() {
      const port = await server.listen(settings.sshHost, settings.sshPort);
      leases = new LeaseRenewal({ access, registry, clock, logger, gatewayId: settings.id, address: `${settings.sshHost}:${port}` });
      leases.start();
      logger.info({ host: settings.sshHost, port, crypto: cryptoInUse() }, 'SSH is served');
      return port;
    },
    async drain() {
      isDraining = true;
      server.stopAccepting();
      logger.info({ sessions: registry.size, seconds: settings.drainSeconds }, 'draining');
      registry.tellAll(`This gateway is being restarted. Your session ends in ${settings.drainSeconds} s at the latest; new logins go elsewhere.`);
      await Promise.race([registry.whenEmpty(), clock.sleep(settings.drainSeconds * 1000)]);
      registry.endAll(drained());
      await Promise.race([registry.whenEmpty(), clock.sleep(WRAP_UP_MS)]);
      leases?.stop();
      orders.stop();
      await server.close(RESTARTING);
      await pool.close();
    },
    whyCoreIsAway: () => leases?.whyAway(),
  };
}
