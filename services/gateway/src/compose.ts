import type { Socket } from 'node:net';
import type { Bus } from '@sallyport/bus';
import type { Clock } from '@sallyport/context';
import { EndReason } from '@sallyport/proto-gen/access/v1/session';
import type { Logger, Metrics } from '@sallyport/telemetry';
import { SignIn, type ClientLogin } from './auth/index.js';
import { ClientConnection } from './channels/index.js';
import { gatewayJournal } from './health/gateway-journal.js';
import type { AccessPeer } from './peers/access-peer.js';
import {
  AssetDialer,
  CloseReporter,
  drainSessions,
  LeaseRenewal,
  orderedByCore,
  SessionKeeper,
  SessionOpener,
  SessionRegistry,
} from './session/index.js';
import { createSshDialer, createSshServer, type HostIdentity } from './ssh/index.js';
import { createTerminalPool, type TerminalPoolOptions } from './taps/commands/index.js';
import type { RecordingOpener } from './taps/recording-port.js';
import { createTapMaker } from './taps/tap-maker.js';

/** Plain values from the configuration. */
export interface GatewayOptions {
  id: string;
  hostKeys: readonly HostIdentity[];
  loginGraceSeconds: number;
  maxAuthTries: number;
  drainSeconds: number;
}

/** What the gateway stands on. */
export interface GatewayDeps {
  access: AccessPeer;
  recordings: RecordingOpener;
  bus: Pick<Bus, 'subscribeTerminate'>;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  /** Where the terminal threads' compiled file is, when not beside this one, and how many there are. */
  terminals?: Pick<TerminalPoolOptions, 'threadFile' | 'threads'>;
  /** A socket has signed in or is gone. */
  onSettled?(socket: Socket): void;
}

export interface Gateway {
  /** Shows itself to core, as reached at this host:port. */
  start(address: string): void;
  /** Takes a connection that was accepted and not read. */
  serve(socket: Socket): void;
  /** How many are open. */
  sessions(): number;
  /** Takes nobody in any more, lets sessions end, ends them when the time is over, and stops. */
  drain(): Promise<void>;
  /** Why core does not answer; undefined when it does. */
  coreError(): string | undefined;
}

const DIAL_MS = 15_000;
/** An asset that takes longer to judge a credential is given up. */
const LOGIN_MS = 20_000;
const RESTARTING = 'This gateway is being restarted. Log in again in a moment.';

/** Puts the gateway together. */
export function composeGateway(settings: GatewayOptions, adapters: GatewayDeps): Gateway {
  const { access, clock, logger, recordings } = adapters;
  const { id: gatewayId } = settings;
  let isDraining = false;

  const registry = new SessionRegistry();
  const journal = gatewayJournal(adapters, () => registry.size);
  const pool = createTerminalPool({ clock, onFault: (fault) => logger.error({ fault }, 'terminal thread'), ...adapters.terminals });

  const leases = new LeaseRenewal({ access, registry, clock, logger, gatewayId });
  const keeper = new SessionKeeper({
    registry,
    leases,
    reporter: new CloseReporter({ access, clock, logger }),
    onEnded: journal.onSessionEnded,
  });
  const dialer = new AssetDialer({ dialer: createSshDialer({ clock, timeoutMs: DIAL_MS, loginMs: LOGIN_MS }), access, logger });
  const refusalReason = (): string | undefined => (isDraining ? RESTARTING : undefined);
  const opener = new SessionOpener({
    access,
    dialer,
    recordings,
    clock,
    logger,
    gatewayId,
    refusalReason,
    adopt: (session) => keeper.adopt(session),
  });
  const connectionDeps = {
    opener,
    access,
    clock,
    logger,
    makeTap: createTapMaker({ clock, logger, pool }),
    onRefusal: journal.onRefusal,
    onClosed: journal.onClosed,
  };
  const signInDeps = { access, clock, maxTries: settings.maxAuthTries, onRefused: journal.onSignInRefused };

  const server = createSshServer<ClientLogin>(
    {
      hostKeys: settings.hostKeys,
      loginGraceSeconds: settings.loginGraceSeconds,
      authenticator: ({ remoteAddress, remoteSoftware }) =>
        new SignIn({ sourceIp: remoteAddress, software: remoteSoftware, gatewayId }, signInDeps),
      onConnection: (connection, who) => {
        journal.onSignedIn(who);
        new ClientConnection(connection, who, connectionDeps);
      },
      onTurnedAway: journal.onTurnedAway,
      onSettled: (socket) => adapters.onSettled?.(socket),
    },
    clock,
  );
  const orders = adapters.bus.subscribeTerminate(gatewayId, ({ sessionId, message }) =>
    registry.get(sessionId)?.end(orderedByCore(EndReason.TERMINATED, message)),
  );

  return {
    start: (address) => leases.start(address),
    serve: (socket) => server.serve(socket),
    sessions: () => registry.size,
    async drain() {
      isDraining = true;
      logger.info({ sessions: registry.size, seconds: settings.drainSeconds }, 'draining');
      await drainSessions(registry, clock, settings.drainSeconds);
      leases.stop();
      orders.stop();
      await server.close(RESTARTING);
      await pool.close();
    },
    coreError: () => leases.lastError(),
  };
}
