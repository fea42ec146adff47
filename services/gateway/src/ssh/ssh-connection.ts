import type { Socket } from 'node:net';
import {
  DisconnectReason,
  OpenFailureReason,
  type ConnectionHandler,
  type IncomingChannel,
  type SshConnection as EngineConnection,
} from '@sallyport/ssh';
import { SshChannel } from './ssh-channel.js';
import { ChannelOpenRefused, isOrderly } from './ssh.errors.js';

/** Why a channel is not opened (RFC 4254 §5.1). */
export type OpenRefusal = 'prohibited' | 'unknown-type' | 'shortage';

/** A peer's wish to open a channel. Exactly one of `accept` and `refuse` is to be called. */
export interface ChannelOpenRequest {
  readonly type: string;
  accept(): SshChannel;
  refuse(why: OpenRefusal, words: string): void;
}

/** A peer's wish that concerns the connection (RFC 4254 §4); answered with "no" unless `accept` is called in the same turn. */
export interface GlobalRequest {
  readonly name: string;
  accept(): void;
}

/** What an authenticated connection tells its user. */
export interface ConnectionHandlers {
  onChannelOpen(request: ChannelOpenRequest): void;
  onGlobalRequest(request: GlobalRequest): void;
  /** The connection is gone. Called once, after `onClose` of its channels; `cause` is absent after an orderly end. */
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
    /** Address of the other side, an IP without port. */
    readonly remoteAddress: string,
  ) {}

  attach(handlers: ConnectionHandlers): void {
    this.handlers = handlers;
  }

  /** Opens a session channel; rejects with ChannelOpenRefused. */
  async openSession(): Promise<SshChannel> {
    const opening = this.inner.openChannel({ kind: 'session' }, {});
    const channel = await opening.catch((error: Error) => {
      throw new ChannelOpenRefused(`The asset opens no further channel: ${error.message.slice(0, 200)}`, {}, { cause: error });
    });
    return new SshChannel(channel);
  }

  /** Says goodbye (DISCONNECT with these words) and closes the socket once that has left. */
  disconnect(words: string): void {
    this.inner.disconnect(DisconnectReason.BY_APPLICATION, words);
  }

  /** Bytes of both directions, on the wire. */
  get bytesOnWire(): { read: number; written: number } {
    return { read: this.socket.bytesRead, written: this.socket.bytesWritten };
  }

  /** What the engine tells. */
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
      type: kind.kind === 'other' ? kind.name : kind.kind,
      accept: () => new SshChannel(incoming.accept({})),
      refuse: (why, words) => incoming.reject(REFUSAL[why], words),
    });
  }
}
