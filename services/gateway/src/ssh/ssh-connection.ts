import type { Socket } from 'node:net';
import { printableLine } from '@sallyport/context';
import {
  ChannelOpenFailed,
  DisconnectReason,
  OpenFailureReason,
  type Channel,
  type ChannelKind,
  type ConnectionHandler,
  type IncomingChannel,
  type SshConnection as EngineConnection,
} from '@sallyport/ssh';
import { SshChannel } from './ssh-channel.js';
import { ChannelOpenRefused, isOrderly } from './ssh.errors.js';

/** The reason of a refusal to open a channel (RFC 4254 §5.1). */
export type OpenRefusal = 'prohibited' | 'connect-failed' | 'unknown-type' | 'shortage';

/** A peer's request to open a channel. Call exactly one of `accept` and `refuse`. */
export interface ChannelOpenRequest {
  /** The name of the kind on the wire. */
  readonly type: string;
  readonly kind: ChannelKind;
  accept(): SshChannel;
  refuse(reason: OpenRefusal, message: string): void;
}

/** A peer's global request (RFC 4254 §4). The reply is "no" unless `accept` is called in the same turn. */
export interface GlobalRequest {
  readonly name: string;
  accept(): void;
}

/** The owner of an authenticated connection. */
export interface ConnectionHandlers {
  onChannelOpen(request: ChannelOpenRequest): void;
  onGlobalRequest(request: GlobalRequest): void;
  /** Handles, once, the close of the connection, after `onClose` of its channels. `cause` is undefined after an orderly end. */
  onClose(cause: Error | undefined): void;
}

const REFUSAL: Readonly<Record<OpenRefusal, number>> = {
  prohibited: OpenFailureReason.administrativelyProhibited,
  'connect-failed': OpenFailureReason.connectFailed,
  'unknown-type': OpenFailureReason.unknownChannelType,
  shortage: OpenFailureReason.resourceShortage,
};

/** An authenticated SSH connection in either role. */
export class SshConnection {
  private handlers: ConnectionHandlers | undefined;
  /** The peer's session channels, with some that are closed already. */
  private sessions: Channel[] = [];
  /** Requests of the peer for session channels that were not decided yet. */
  private undecided = 0;

  constructor(
    private readonly inner: EngineConnection,
    private readonly socket: Socket,
    /** The address of the peer, an IP without port. */
    readonly remoteAddress: string,
    /** Session channels that the peer may have open at a time. */
    private readonly maxSessions = Infinity,
  ) {}

  attach(handlers: ConnectionHandlers): void {
    this.handlers = handlers;
  }

  /** Opens a channel of any kind. Rejects with ChannelOpenRefused. */
  async openChannel(kind: ChannelKind): Promise<SshChannel> {
    const opening = this.inner.openChannel(kind, {});
    const channel = await opening.catch((error: Error) => {
      const message = `A "${nameOf(kind)}" channel could not be opened: ${error.message.slice(0, 200)}`;
      throw new ChannelOpenRefused(message, reasonOf(error), { cause: error });
    });
    return new SshChannel(channel);
  }

  /** Sends DISCONNECT with this message and closes the socket once that has left. */
  disconnect(message: string): void {
    this.inner.disconnect(DisconnectReason.BY_APPLICATION, printableLine(message));
  }

  /** Returns the number of open channels. */
  get channelCount(): number {
    return this.inner.channelCount;
  }

  /** Returns the bytes on the wire, of both directions. */
  get bytesOnWire(): { read: number; written: number } {
    return { read: this.socket.bytesRead, written: this.socket.bytesWritten };
  }

  /** Returns the engine's handler of this connection. */
  handler(): ConnectionHandler {
    return {
      channelOpen: (incoming) => this.onOpen(incoming),
      globalRequest: ({ name }) => {
        let isAccepted = false;
        this.handlers?.onGlobalRequest({ name, accept: () => (isAccepted = true) });
        return isAccepted;
      },
      closed: (reason) => this.handlers?.onClose(isOrderly(reason) ? undefined : reason),
    };
  }

  private accept(incoming: IncomingChannel): SshChannel {
    const channel = incoming.accept({});
    if (incoming.kind.kind === 'session') this.sessions.push(channel);
    return new SshChannel(channel);
  }

  private sessionCount(): number {
    this.sessions = this.sessions.filter((channel) => channel.isOpen);
    return this.sessions.length + this.undecided;
  }

  private onOpen(incoming: IncomingChannel): void {
    const { kind } = incoming;
    if (kind.kind === 'session' && this.sessionCount() >= this.maxSessions) {
      const message = `This connection already has ${this.maxSessions} sessions, the most that it may have`;
      return incoming.reject(REFUSAL.shortage, message);
    }
    const counted = kind.kind === 'session' ? 1 : 0;
    this.undecided += counted;
    this.handlers?.onChannelOpen({
      type: nameOf(kind),
      kind,
      accept: () => {
        this.undecided -= counted;
        return this.accept(incoming);
      },
      refuse: (reason, message) => {
        this.undecided -= counted;
        incoming.reject(REFUSAL[reason], printableLine(message));
      },
    });
  }
}

/** Returns the reason of the peer for a refusal; of the connection's end, and of any other number, that the connect failed. */
function reasonOf(error: Error): OpenRefusal {
  const number = error instanceof ChannelOpenFailed ? error.reason : 0;
  const found = Object.entries(REFUSAL).find(([, code]) => code === number)?.[0];
  return (found as OpenRefusal | undefined) ?? 'connect-failed';
}

const nameOf = (kind: ChannelKind): string => (kind.kind === 'other' ? kind.name : kind.kind);
