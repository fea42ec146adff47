import type { Clock, Timer } from '@sallyport/context';
import type { ConnectionHandlers, OpenRefusal } from '../ssh-connection.js';
import type { SshChannel } from '../ssh-channel.js';
import { ChannelOpenRefused, SshConnectionClosed } from '../ssh.errors.js';
import { Message, OpenFailure, ProtocolViolation, SshReader, SshWriter } from '../wire/index.js';
import { MAX_PACKET_BYTES, MuxChannel, WINDOW_BYTES, type MuxTransport, type RemoteEnd } from './mux-channel.js';

/** Channels that one connection may have at a time. */
const MAX_CHANNELS = 64;
/** A quiet peer is asked for a sign of life this often, and dropped when it gave none that many times. */
const KEEPALIVE_MS = 30_000;
const KEEPALIVE_MISSES = 3;

const REFUSAL_CODE = {
  prohibited: OpenFailure.ADMINISTRATIVELY_PROHIBITED,
  'unknown-type': OpenFailure.UNKNOWN_CHANNEL_TYPE,
  shortage: OpenFailure.RESOURCE_SHORTAGE,
} satisfies Record<OpenRefusal, number>;

interface PendingOpen {
  resolve(channel: SshChannel): void;
  reject(error: Error): void;
}

/** The connection protocol (RFC 4254) over one transport, in either role: channels, global requests, keep-alive. */
export class ChannelMux {
  private readonly channels = new Map<number, MuxChannel>();
  private readonly opening = new Map<number, PendingOpen>();
  private handlers: ConnectionHandlers | undefined;
  private nextId = 0;
  private unansweredKeepalives = 0;
  private hasHeard = false;
  private isClosed = false;
  private readonly keepalive: Timer;

  constructor(
    private readonly transport: MuxTransport,
    clock: Clock,
    private readonly isServer: boolean,
    private readonly dead: (error: Error) => void,
  ) {
    this.keepalive = clock.interval(KEEPALIVE_MS, () => this.askForLife());
  }

  attach(handlers: ConnectionHandlers): void {
    this.handlers = handlers;
  }

  openSession(): Promise<SshChannel> {
    if (this.isClosed) return Promise.reject(new SshConnectionClosed('The connection to the asset is closed'));
    const id = this.freeId();
    this.transport.send(new SshWriter().byte(Message.CHANNEL_OPEN).string('session').uint32(id).uint32(WINDOW_BYTES).uint32(MAX_PACKET_BYTES).finish());
    return new Promise((resolve, reject) => this.opening.set(id, { resolve, reject }));
  }

  onMessage(type: number, payload: Buffer): void {
    this.hasHeard = true;
    const reader = new SshReader(payload, 1);
    switch (type) {
      case Message.GLOBAL_REQUEST:
        return this.onGlobalRequest(reader);
      case Message.REQUEST_SUCCESS:
      case Message.REQUEST_FAILURE:
        this.unansweredKeepalives = 0;
        return;
      case Message.CHANNEL_OPEN:
        return this.onOpen(reader);
      case Message.CHANNEL_OPEN_CONFIRMATION:
        return this.onOpenConfirmed(reader);
      case Message.CHANNEL_OPEN_FAILURE:
        return this.onOpenFailed(reader);
      default:
        return this.onChannelMessage(type, reader);
    }
  }

  /** The transport takes data again. Whoever was served goes to the end of the line. */
  onWritable(): void {
    for (const [id, channel] of [...this.channels]) {
      if (this.transport.isCongested) return;
      this.channels.delete(id);
      this.channels.set(id, channel);
      channel.flush();
    }
  }

  onConnectionLost(cause: Error | undefined): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.keepalive.cancel();
    for (const { reject } of this.opening.values()) reject(new SshConnectionClosed('The connection closed', {}, { cause }));
    this.opening.clear();
    for (const channel of [...this.channels.values()]) channel.onConnectionLost();
    this.channels.clear();
    this.handlers?.onClose(cause);
  }

  private onChannelMessage(type: number, reader: SshReader): void {
    const isKnown = type >= Message.CHANNEL_WINDOW_ADJUST && type <= Message.CHANNEL_FAILURE;
    if (!isKnown) return this.transport.unimplemented();
    const id = reader.readUint32();
    const channel = this.channels.get(id);
    if (!channel) throw new ProtocolViolation(`Channel ${id} is not open`);
    switch (type) {
      case Message.CHANNEL_DATA:
        return channel.onData(reader.readString(), 'stdout');
      case Message.CHANNEL_EXTENDED_DATA:
        return channel.onData(...readExtendedData(reader));
      case Message.CHANNEL_WINDOW_ADJUST:
        return channel.onWindowAdjust(reader.readUint32());
      case Message.CHANNEL_EOF:
        return channel.onEof();
      case Message.CHANNEL_CLOSE:
        return channel.onClose();
      case Message.CHANNEL_REQUEST:
        return channel.onRequest(reader);
      default:
        return channel.onReply(type === Message.CHANNEL_SUCCESS);
    }
  }

  private onGlobalRequest(reader: SshReader): void {
    const name = reader.readText();
    const wantReply = reader.readBoolean();
    let isAccepted = false;
    this.handlers?.onGlobalRequest({ name, accept: () => (isAccepted = true) });
    if (wantReply) this.transport.send(Buffer.of(isAccepted ? Message.REQUEST_SUCCESS : Message.REQUEST_FAILURE));
  }

  private onOpen(reader: SshReader): void {
    const type = reader.readText();
    const remote = readRemoteEnd(reader);
    const refuse = (why: OpenRefusal, words: string): void => this.transport.send(openFailure(remote.id, REFUSAL_CODE[why], words));
    if (!this.handlers || !this.isServer) return refuse('prohibited', 'No channel may be opened from this side');
    if (this.channels.size >= MAX_CHANNELS) return refuse('shortage', `More than ${MAX_CHANNELS} channels at a time are not possible on one connection`);
    this.handlers.onChannelOpen({ type, accept: () => this.accept(remote), refuse });
  }

  private accept(remote: RemoteEnd): SshChannel {
    const channel = this.addChannel(this.freeId(), remote);
    const confirmation = new SshWriter().byte(Message.CHANNEL_OPEN_CONFIRMATION).uint32(remote.id).uint32(channel.localId);
    this.transport.send(confirmation.uint32(WINDOW_BYTES).uint32(MAX_PACKET_BYTES).finish());
    return channel;
  }

  private onOpenConfirmed(reader: SshReader): void {
    const id = reader.readUint32();
    const pending = this.opening.get(id);
    if (!pending) throw new ProtocolViolation('A channel was confirmed that nobody opened');
    this.opening.delete(id);
    pending.resolve(this.addChannel(id, readRemoteEnd(reader)));
  }

  private onOpenFailed(reader: SshReader): void {
    const id = reader.readUint32();
    const pending = this.opening.get(id);
    if (!pending) throw new ProtocolViolation('A channel was refused that nobody opened');
    this.opening.delete(id);
    reader.readUint32();
    pending.reject(new ChannelOpenRefused(`The asset opens no further channel: ${reader.readText().slice(0, 200)}`));
  }

  private addChannel(id: number, remote: RemoteEnd): MuxChannel {
    const channel = new MuxChannel(this.transport, id, remote, () => this.channels.delete(id));
    this.channels.set(id, channel);
    return channel;
  }

  private freeId(): number {
    while (this.channels.has(this.nextId) || this.opening.has(this.nextId)) this.nextId = (this.nextId + 1) >>> 0;
    const id = this.nextId;
    this.nextId = (this.nextId + 1) >>> 0;
    return id;
  }

  private askForLife(): void {
    if (this.hasHeard) {
      this.hasHeard = false;
      this.unansweredKeepalives = 0;
      return;
    }
    if (this.unansweredKeepalives >= KEEPALIVE_MISSES) return this.dead(new Error('The other side gave no sign of life'));
    this.unansweredKeepalives += 1;
    this.transport.send(new SshWriter().byte(Message.GLOBAL_REQUEST).string('keepalive@openssh.com').boolean(true).finish());
  }
}

function readRemoteEnd(reader: SshReader): RemoteEnd {
  const remote = { id: reader.readUint32(), windowBytes: reader.readUint32(), maxPacketBytes: reader.readUint32() };
  if (remote.maxPacketBytes === 0) throw new ProtocolViolation('Largest packet of a channel is 0');
  return { ...remote, maxPacketBytes: Math.min(remote.maxPacketBytes, MAX_PACKET_BYTES) };
}

/** Data of a type other than stderr belongs to no stream: it only counts. */
function readExtendedData(reader: SshReader): [Buffer, 'stderr' | undefined] {
  const code = reader.readUint32();
  return [reader.readString(), code === 1 ? 'stderr' : undefined];
}

const openFailure = (remoteId: number, code: number, words: string): Buffer =>
  new SshWriter().byte(Message.CHANNEL_OPEN_FAILURE).uint32(remoteId).uint32(code).string(words).string('').finish();
