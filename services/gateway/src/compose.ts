import type { Bus } from '@sallyport/bus';
import type { Clock } from '@sallyport/context';
import { EndReason } from '@sallyport/proto-gen/access/v1/session';
import type { Logger, Metrics } from '@sallyport/telemetry';
import { SignIn, WaitingRoom, type SignedIn } from './auth/index.js';
import { ClientGate } from './channels/index.js';
import { gatewayJournal } from './health/gateway-journal.js';
import type { AccessPeer } from './peers/access-peer.js';
import { AssetDialer, CloseReporter, drainSessions, LeaseRenewal, orderedByCore, SessionKeeper, SessionOpener, SessionRegistry } from './session/index.js';
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
const RESTARTING = 'This gateway is being restarted. Log in again in a moment.';

/** Puts the gateway together. */
export function composeGateway(settings: GatewaySettings, adapters: GatewayAdapters): Gateway {
  const { access, clock, logger, recordings } = adapters;
  const { id: gatewayId } = settings;
  let isDraining = false;

  const registry = new SessionRegistry();
  const room = new WaitingRoom(WAITING, (source) => logger.warn({ source }, 'too many connections wait to sign in'));
  const journal = gatewayJournal(adapters, { sessions: () => registry.size, waiting: () => room.waiting });
  const pool = createTerminalPool({ clock, onFault: (fault) => logger.error({ fault }, 'terminal thread'), ...adapters.terminals });

  const leases = new LeaseRenewal({ access, registry, clock, logger, gatewayId });
  const keeper = new SessionKeeper({ registry, leases, reporter: new CloseReporter({ access, clock, logger }), onEnded: journal.onSessionEnded });
  const dialer = new AssetDialer({ dialer: createSshDialer({ clock, timeoutMs: DIAL_MS }), access, clock, logger });
  const whyClosed = (): string | undefined => (isDraining ? RESTARTING : undefined);
  const opener = new SessionOpener({ access, dialer, recordings, clock, logger, gatewayId, whyClosed, adopt: (session) => keeper.adopt(session) });
  const gateTools = { opener, access, clock, logger, makeTap: createTapMaker({ clock, logger, pool }), onRefusal: journal.onRefusal, onClosed: journal.onClosed };
  const signInTools = { access, clock, maxTries: settings.maxAuthTries, onRefused: journal.onSignInRefused };

  const server = createSshServer<SignedIn>(
    {
      hostKeys: settings.hostKeys,
      loginGraceSeconds: settings.loginGraceSeconds,
      admit: (address) => room.admit(address),
      authenticator: ({ remoteAddress, remoteSoftware }) => new SignIn({ sourceIp: remoteAddress, software: remoteSoftware, gatewayId }, signInTools),
      onConnection: (connection, who) => {
        journal.onSignedIn(who);
        new ClientGate(connection, who, gateTools);
      },
      onTurnedAway: journal.onTurnedAway,
    },
    clock,
  );
  const orders = adapters.bus.subscribeTerminate(gatewayId, ({ sessionId, message }) => registry.get(sessionId)?.end(orderedByCore(EndReason.TERMINATED, message)));

  return {
    async start() {
      const port = await server.listen(settings.sshHost, settings.sshPort);
      leases.start(`${settings.sshHost}:${port}`);
      logger.info({ host: settings.sshHost, port, crypto: cryptoInUse() }, 'SSH is served');
      return port;
    },
    async drain() {
      isDraining = true;
      server.stopAccepting();
      logger.info({ sessions: registry.size, seconds: settings.drainSeconds }, 'draining');
      await drainSessions(registry, clock, settings.drainSeconds);
      leases.stop();
      orders.stop();
      await server.close(RESTARTING);
      await pool.close();
    },
    whyCoreIsAway: () => leases.whyAway(),
  };
}
