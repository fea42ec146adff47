import type { ClientLogin } from '../auth/index.js';
import type { EndReason } from '@sallyport/proto-gen/access/v1/session';
import {
  clientGone,
  orderedByCore,
  type Session,
  type SessionClient,
  type SessionOpener,
  type SignedInConnection,
  type SignInWatch,
} from '../session/index.js';
import { isInternalError, type ChannelOpenRequest, type GlobalRequest, type SshConnection } from '../ssh/index.js';
import type { ChannelDeps, ConnectionContext } from './channel-context.js';
import type { ConnectionDrain, DrainableConnection } from './connection-drain.js';
import { ASSET_CHANNELS, CLIENT_CHANNELS } from './channel-kinds.js';
import { decide, decideBeforeGrant, rulesOf, type PolicyDecision, type RefusalReason } from './channel-policy.js';
import { ConnectionSessions } from './connection-sessions.js';

/** A request that was refused. `what` is its layer and name. */
export interface RefusedRequest {
  username: string;
  sourceIp: string;
  what: string;
  reason: RefusalReason;
}

/** The collaborators of a client's connection. */
export interface ClientConnectionDeps extends ChannelDeps {
  opener: Pick<SessionOpener, 'open'>;
  signIns: Pick<SignInWatch, 'add'>;
  drain: Pick<ConnectionDrain, 'add'>;
  onRefusal(refused: RefusedRequest): void;
  onClosed(bytesOnWire: { read: number; written: number }): void;
}

/** Refusals of one connection that are logged: a browser behind `ssh -D` asks thousands of times. */
const MAX_LOGGED_REFUSALS = 20;
/** The time that sessions have to show their last message before a connection is closed. */
const LAST_WORDS_MS = 5_000;

/** The connection of a client that has signed in. The policy decides about all that the client, and its sessions' assets, ask for. */
export class ClientConnection implements SessionClient, SignedInConnection, DrainableConnection {
  hasHadChannel = false;
  private readonly context: ConnectionContext;
  private refusals = 0;

  constructor(
    connection: SshConnection,
    readonly login: ClientLogin,
    private readonly deps: ClientConnectionDeps,
  ) {
    const sessions = new ConnectionSessions(this, deps.opener);
    this.context = { connection, sessions, deps, menus: new Set(), onRefused: (what, reason) => this.onRefused(what, reason) };
    const unwatch = deps.signIns.add(this);
    const undrain = deps.drain.add(this);
    connection.attach({
      onChannelOpen: (request) => this.onChannelOpen(request),
      onGlobalRequest: (request) => this.onGlobalRequest(request),
      onClose: (cause) => {
        if (cause && isInternalError(cause)) deps.logger.error({ err: cause, user: login.identity.username }, 'a client connection failed');
        unwatch();
        undrain();
        sessions.endAll(clientGone(cause));
        deps.onClosed(connection.bytesOnWire);
      },
    });
  }

  /** Ends the sessions, then the connection: its sign-in does not count any more. No further session begins. */
  revoke(reason: EndReason, message: string): void {
    const { connection, sessions, deps } = this.context;
    const over = sessions.endWith(orderedByCore(reason, message));
    void Promise.race([over, deps.clock.sleep(LAST_WORDS_MS)]).then(() => connection.disconnect(message));
  }

  leave(message: string): void {
    const { connection, menus } = this.context;
    for (const menu of menus) menu.finish(message);
    if (connection.channelCount === 0) connection.disconnect(message);
  }

  /** Serves or refuses a channel that the asset of a session opens towards this client. */
  onAssetChannelOpen(request: ChannelOpenRequest, session: Session): void {
    const decision = decide({ from: 'asset', layer: 'channel', name: request.type }, rulesOf(session));
    const serve = ASSET_CHANNELS[request.type];
    if (decision.kind === 'allow' && serve) return serve(request, session, this.context);
    return request.refuse('prohibited', messageOf(decision));
  }

  private onChannelOpen(request: ChannelOpenRequest): void {
    const decision = decideBeforeGrant({ from: 'client', layer: 'channel', name: request.type });
    const serve = CLIENT_CHANNELS[request.type];
    this.hasHadChannel = true;
    if (decision.kind === 'allow' && serve) return serve(request, this.context);
    if (decision.kind === 'refuse') this.onRefused(`channel ${request.type}`, decision.reason);
    return request.refuse('prohibited', messageOf(decision));
  }

  /** Logs a refusal. The reply is "no" unless the request is accepted. */
  private onGlobalRequest({ name }: GlobalRequest): void {
    const decision = decideBeforeGrant({ from: 'client', layer: 'global-request', name });
    if (decision.kind === 'refuse') this.onRefused(`request ${name}`, decision.reason);
  }

  private onRefused(what: string, reason: RefusalReason): void {
    this.refusals += 1;
    if (this.refusals > MAX_LOGGED_REFUSALS) return;
    const { identity, client } = this.login;
    this.deps.onRefusal({ username: identity.username, sourceIp: client.sourceIp, what: what.slice(0, 100), reason });
  }
}

const messageOf = (decision: PolicyDecision): string => (decision.kind === 'refuse' ? decision.message : 'Not served');
