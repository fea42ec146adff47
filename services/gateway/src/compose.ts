import type { Socket } from 'node:net';
import type { Bus } from '@sallyport/bus';
import type { Clock } from '@sallyport/context';
import type { FailedSignIn } from '@sallyport/proto-gen/access/v1/authenticate';
import type { Logger, Metrics } from '@sallyport/telemetry';
import { FailedSignInReporter, SignIn, type ClientLogin } from './auth/index.js';
import { ClientConnection, ConnectionDrain, RESTARTING } from './channels/index.js';
import { gatewayJournal } from './health/gateway-journal.js';
import type { AccessPeer } from './peers/access-peer.js';
import {
  AssetDialer,
  CloseReporter,
  confirmTerminations,
  drainSessions,
  LeaseRenewal,
  SessionKeeper,
  SessionOpener,
  SessionRegistry,
  SignInWatch,
} from './session/index.js';
import { createSshDialer, createSshServer, type HostIdentity } from './ssh/index.js';
import { createTerminalPool, type TerminalPoolOptions } from './taps/commands/index.js';
import type { Outcome } from './processes/messages.js';
import type { RecordingOpener } from './taps/recording-port.js';
import type { InputSealing } from './taps/input-sealing.js';
import { createTapMaker } from './taps/tap-maker.js';

/** Values from the configuration. */
export interface GatewayOptions {
  id: string;
  hostKeys: readonly HostIdentity[];
  loginGraceSeconds: number;
  maxAuthTries: number;
  /** Text for every client before it signs in. */
  banner?: string | undefined;
  drainSeconds: number;
  /** Session channels at a time on one connection. */
  maxSessions?: number;
  /** Most bytes of input to record of a channel without a terminal; 0 for all. */
  maxInputBytes?: number;
  /** Most bytes of content to record of each uploaded file; 0 for none. */
  keepFileBytes?: number;
  /** The auditors' key, and what is sealed to it. */
  sealing?: InputSealing | undefined;
  /** A connection without a channel for so long is closed; 0: never. */
  unusedTimeoutSeconds?: number;
  /** The interval of keepalives to clients and assets. */
  keepaliveSeconds?: number;
  /** Shows the login banners of assets to users; true by default. */
  showAssetBanners?: boolean;
}

/** The collaborators of the gateway. */
export interface GatewayDeps {
  access: AccessPeer;
  recordings: RecordingOpener;
  bus: Pick<Bus, 'subscribeTerminate'>;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  /** The compiled file of the terminal threads, if it is not beside this one, and their number. */
  terminals?: Pick<TerminalPoolOptions, 'threadFile' | 'threads'>;
  /** Handles that a socket's client has signed in, or that the socket is closed. */
  onSettled?(socket: Socket, outcome: Outcome): void;
  /** Handles a step of a client that has not signed in. */
  onProgress?(socket: Socket, step: 'identified' | 'keys-exchanged'): void;
  /** Resolves to a refusal, for the user to read, if this user may not have one more connection. */
  admit?(socket: Socket, user: string): Promise<string | undefined>;
}

export interface Gateway {
  /** Registers the gateway with core, as reached at this host:port. */
  start(address: string): void;
  /** Serves a connection that was accepted and not read. */
  serve(socket: Socket, address?: string): void;
  /** Returns the number of open sessions. */
  sessions(): number;
  /**
   * Begins no more sessions, except of logins that are under way. Waits for sessions to end, ends those that are left after the drain time,
   * and stops.
   */
  drain(): Promise<void>;
  /** Ends the sessions of a drain now, with a message. */
  endSessions(): void;
  /** Records as gaps what waits to be searched for commands. Call it only before the process ends: nothing is searched afterwards. */
  markUnsearched(): void;
  /** Returns the reason why core does not answer, undefined if it does. */
  coreError(): string | undefined;
}

const DIAL_MS = 15_000;
/** The time that an asset may take to check a credential. */
const LOGIN_MS = 20_000;
/** The time for the last recordings and reports to core, after the terminal threads have stopped. */
const LAST_END_MS = 3_000;
/** The time for the last reports to core, when every session is recorded. */
const LAST_REPORTS_MS = 500;

const inputLimits = ({ maxInputBytes, keepFileBytes, sealing }: GatewayOptions) => ({ maxInputBytes, keepFileBytes, sealing });

/** Connects the parts of the gateway. */
export function composeGateway(options: GatewayOptions, deps: GatewayDeps): Gateway {
  const { access, clock, logger, recordings } = deps;
  const { id: gatewayId } = options;
  const keepaliveMs = (options.keepaliveSeconds ?? 30) * 1000;
  const connectionDrain = new ConnectionDrain(clock);
  const endingSessions = new AbortController();

  const registry = new SessionRegistry();
  const journal = gatewayJournal(deps, registry);
  const pool = createTerminalPool({ clock, onFault: (fault) => logger.error({ fault }, 'terminal thread'), ...deps.terminals });

  const leases = new LeaseRenewal({ access, registry, clock, logger, gatewayId });
  const keeper = new SessionKeeper({
    registry,
    leases,
    reporter: new CloseReporter({ access, clock, logger }),
    onEnded: journal.onSessionEnded,
  });
  const dialer = new AssetDialer({
    dialer: createSshDialer({ clock, timeoutMs: DIAL_MS, loginMs: LOGIN_MS, keepaliveMs }),
    access,
    logger,
  });
  const opener = new SessionOpener({
    access,
    dialer,
    recordings,
    clock,
    logger,
    gatewayId,
    refusalReason: (client) => connectionDrain.refusal(client),
    adopt: (session) => {
      connectionDrain.began(session.client);
      keeper.adopt(session);
    },
  });
  const signIns = new SignInWatch({ access, clock, logger, gatewayId });
  const connectionDeps = {
    opener,
    signIns,
    drain: connectionDrain,
    access,
    clock,
    logger,
    showsAssetBanners: options.showAssetBanners ?? true,
    makeTap: createTapMaker({ clock, logger, pool, ...inputLimits(options), onAuditGap: journal.onAuditGap }),
    onRefusal: journal.onRefusal,
    onClosed: journal.onClosed,
  };
  const failedSignIns = new FailedSignInReporter({ access, clock, logger, gatewayId });
  const signInDeps = {
    access,
    clock,
    maxTries: options.maxAuthTries,
    onRefused: journal.onSignInRefused,
    onFailed: (failure: FailedSignIn) => failedSignIns.add(failure),
  };

  const server = createSshServer<ClientLogin>(
    {
      hostKeys: options.hostKeys,
      loginGraceSeconds: options.loginGraceSeconds,
      banner: options.banner,
      authenticator: ({ remoteAddress, remoteSoftware }) =>
        new SignIn({ sourceIp: remoteAddress, software: remoteSoftware, gatewayId }, signInDeps),
      onConnection: (connection, login) => {
        journal.onSignedIn(login);
        new ClientConnection(connection, login, connectionDeps);
      },
      onClosedBeforeLogin: journal.onClosedBeforeLogin,
      maxAuthTries: options.maxAuthTries,
      maxSessions: options.maxSessions ?? 10,
      unusedTimeoutSeconds: options.unusedTimeoutSeconds ?? 0,
      keepaliveMs,
      onSettled: (socket, outcome) => {
        connectionDrain.settled(socket);
        deps.onSettled?.(socket, outcome);
      },
      onProgress: (socket, step) => deps.onProgress?.(socket, step),
      admit: async (socket, { identity }) => deps.admit?.(socket, identity.username),
    },
    clock,
  );
  const terminations = deps.bus.subscribeTerminate(
    gatewayId,
    confirmTerminations({ leases, registry, logger, onUnconfirmed: journal.onUnconfirmedTermination }),
  );

  return {
    start: (address) => leases.start(address),
    serve: (socket, address) => {
      connectionDrain.accepted(socket);
      server.serve(socket, address);
    },
    sessions: () => registry.size,
    async drain() {
      await drainSessions({ registry, connections: connectionDrain, clock, drainSeconds: options.drainSeconds }, endingSessions.signal);
      leases.stop();
      signIns.stop();
      terminations.stop();
      await Promise.all([server.close(RESTARTING), pool.close()]);
      // Sessions that waited for a terminal thread end now, with a gap.
      const lastMs = registry.liveCount > 0 ? LAST_END_MS : LAST_REPORTS_MS;
      await Promise.race([Promise.all([registry.whenEmpty(), failedSignIns.whenSent()]), clock.sleep(lastMs)]);
    },
    endSessions: () => endingSessions.abort(),
    markUnsearched: () => void pool.close(),
    coreError: () => leases.lastError(),
  };
}
