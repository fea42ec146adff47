import type { SignedIn } from '../auth/index.js';
import type { SessionOpener } from '../session/index.js';
import { isOurFault, type ChannelOpenRequest, type GlobalRequest, type SshConnection } from '../ssh/index.js';
import type { ChannelTools } from './channel-context.js';
import { serveSessionChannel } from './session-channel.js';
import { SessionSource } from './session-source.js';

/** What a signed-in connection is served with. */
export interface GateTools extends ChannelTools {
  opener: Pick<SessionOpener, 'open'>;
  /** Something was asked for that is not offered. */
  onRefusal(fact: { username: string; sourceIp: string; what: string }): void;
  onClosed(bytesOnWire: { read: number; written: number }): void;
}

const NO_MORE_SESSIONS = 'no-more-sessions@openssh.com';
/** Refusals of one connection that are noted: a browser behind `ssh -D` asks thousands of times. */
const MAX_NOTED_REFUSALS = 20;
/** Asked by clients as a matter of course; a "no" is all they need. */
const HARMLESS = new Set(['keepalive@openssh.com', 'hostkeys-prove-00@openssh.com']);

/** One connection that has signed in: session channels are served, everything else is refused in words and noted. */
export class ClientGate {
  private readonly source: SessionSource;
  private isClosedForSessions = false;
  private refusals = 0;

  constructor(
    connection: SshConnection,
    private readonly who: SignedIn,
    private readonly tools: GateTools,
  ) {
    this.source = new SessionSource(who, tools.opener);
    connection.attach({
      onChannelOpen: (request) => this.onChannelOpen(request),
      onGlobalRequest: (request) => this.onGlobalRequest(request),
      onClose: (cause) => {
        if (cause && isOurFault(cause)) tools.logger.error({ err: cause, user: who.identity.username }, 'a client connection failed');
        this.source.endAll(cause ? `the client's connection was lost: ${cause.message}` : 'the client disconnected');
        tools.onClosed(connection.bytesOnWire);
      },
    });
  }

  private onChannelOpen(request: ChannelOpenRequest): void {
    if (request.type !== 'session') {
      this.refused(`channel ${request.type}`);
      return request.refuse('prohibited', `${request.type} is not allowed through this gate`);
    }
    if (this.isClosedForSessions) return request.refuse('prohibited', 'The client has said that it wants no further sessions');
    serveSessionChannel(request.accept(), this.source, this.tools, (type) => this.refused(type));
  }

  private onGlobalRequest(request: GlobalRequest): void {
    if (request.name === NO_MORE_SESSIONS) {
      this.isClosedForSessions = true;
      return request.accept();
    }
    if (!HARMLESS.has(request.name)) this.refused(`request ${request.name}`);
  }

  private refused(what: string): void {
    this.refusals += 1;
    if (this.refusals > MAX_NOTED_REFUSALS) return;
    this.tools.onRefusal({ username: this.who.identity.username, sourceIp: this.who.client.sourceIp, what: what.slice(0, 100) });
  }
}
