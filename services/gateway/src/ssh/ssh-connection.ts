import type { Socket } from 'node:net';
import { printableLine } from '@sallyport/context';
import {
  DisconnectReason,
  OpenFailureReason,
  type ChannelKind,
  type ConnectionHandler,
  type IncomingChannel,
  type SshConnection as EngineConnection,
} from '@sallyport/ssh';
import { SshChannel } from './ssh-channel.js';
import { ChannelOpenRefused, isOrderly } from './ssh.errors.js';

/** The reason of a refusal to open a channel (RFC 4254 §5.1). */
export type OpenRefusal = 'prohibited' | 'unknown-type' | 'shortage';

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
  'unknown-type': OpenFailureReason.unknownChannelType,
  shortage: OpenFailureReason.resourceShortage,
};

/** An authenticated SSH connection in either role. */
export class SshConnection {
  private handlers: ConnectionHandlers | undefined;

  constructor(
    private readonly inner: EngineConnection,
    private readonly socket: Socket,
    /** The address of the peer, an IP without port. */
    readonly remoteAddress: string,
  ) {}

  attach(handlers: ConnectionHandlers): void {
    this.handlers = handlers;
  }

  /** Opens a channel of any kind. Rejects with ChannelOpenRefused. */
  async openChannel(kind: ChannelKind): Promise<SshChannel> {
    const opening = this.inner.openChannel(kind, {});
    const channel = await opening.catch((error: Error) => {
      const message = `A "${nameOf(kind)}" channel could not be opened: ${error.message.slice(0, 200)}`;
      throw new ChannelOpenRefused(message, {}, { cause: error });
    });
    return new SshChannel(channel);
  }

  /** Sends DISCONNECT with this message and closes the socket once that has left. */
  disconnect(message: string): void {
    this.inner.disconnect(DisconnectReason.BY_APPLICATION, printableLine(message));
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

  private onOpen(incoming: IncomingChannel): void {
    const { kind } = incoming;
    this.handlers?.onChannelOpen({
      type: nameOf(kind),
      kind,
      accept: () => new SshChannel(incoming.accept({})),
      refuse: (reason, message) => incoming.reject(REFUSAL[reason], printableLine(message)),
    });
  }
}

const nameOf = (kind: ChannelKind): string => (kind.kind === 'other' ? kind.name : kind.kind);
