/** How channels of one connection come to be, by either side's wish (RFC 4254 §5.1). */
import { Message } from '../transport/message.js';
import { SshProtocolError, SshReader, SshWriter } from '../wire/index.js';
import { Channel, type RemoteEnd } from './channel.js';
import type { ChannelHandler } from './channel-handler.js';
import { channelKindName, decodeChannelKind, encodeChannelKind, type ChannelKind } from './channel-kind.js';
import { encodeOpenConfirmation, encodeOpenFailure } from './channel-messages.js';
import type { ChannelPort } from './channel-port.js';
import type { ChannelTable } from './channel-table.js';
import type { IncomingChannel } from './incoming-channel.js';
import { keepGoing } from './keep-going.js';
import { ChannelOpenFailed, OpenFailureReason } from './open-failure.js';

/** Who decides about channels that the peer wants. */
export interface ChannelDoor {
  /** Why no channel of this name is opened at all; undefined when it is the application's to say. */
  whyProhibited(name: string): string | undefined;
  offer(incoming: IncomingChannel): void;
}

interface PendingOpen {
  readonly kind: ChannelKind;
  readonly handler: ChannelHandler;
  readonly credit: number;
  readonly windowBytes: number;
  resolve(channel: Channel): void;
  reject(reason: Error): void;
}

/** A peer that takes only tiny packets could keep the event loop busy with sealing them. */
const MIN_PACKET_BYTES = 256;
/** The first bytes of a channel's life are few until it is known what it is for. */
const STARTS_SMALL: ReadonlySet<string> = new Set(['session']);

/** See the head of this file. */
export class ChannelOpening {
  private readonly opens = new Map<number, PendingOpen>();
  private endReason: Error | undefined;

  constructor(
    private readonly port: ChannelPort,
    private readonly table: ChannelTable,
    private readonly door: ChannelDoor,
  ) {}

  /** Asks the peer for a channel; see `SshConnection.openChannel`. */
  open(kind: ChannelKind, handler: ChannelHandler, windowBytes: number): Promise<Channel> {
    const { limits } = this.port;
    if (this.endReason !== undefined) return Promise.reject(new ChannelOpenFailed(OpenFailureReason.connectFailed, this.endReason.message));
    if (this.table.size >= limits.channels) {
      return Promise.reject(
        new ChannelOpenFailed(OpenFailureReason.resourceShortage, `No more than ${limits.channels} channels are allowed`),
      );
    }
    const number = this.table.reserve();
    const credit = this.firstCredit(windowBytes);
    const message = new SshWriter().writeByte(Message.channelOpen).writeString(channelKindName(kind));
    message.writeUint32(number).writeUint32(credit).writeUint32(limits.packetBytes);
    encodeChannelKind(message, kind);
    this.port.send(message.finish());
    return new Promise((resolve, reject) => this.opens.set(number, { kind, handler, credit, windowBytes, resolve, reject }));
  }

  /** The connection ended: nobody answers any more. */
  connectionEnded(reason: Error): void {
    this.endReason = reason;
    for (const open of this.opens.values()) open.reject(new ChannelOpenFailed(OpenFailureReason.connectFailed, reason.message));
    this.opens.clear();
  }

  /** CHANNEL_OPEN. */
  onOpen(payload: Buffer): void {
    const reader = new SshReader(payload, 1);
    const name = reader.readAscii();
    const remote = readRemoteEnd(reader);
    const refusal = this.whyRefused(name, remote.packetBytes);
    if (refusal !== undefined) return this.port.send(encodeOpenFailure(remote.number, ...refusal));
    return this.door.offer(this.incoming(decodeChannelKind(name, reader), remote));
  }

  /** CHANNEL_OPEN_CONFIRMATION. */
  onConfirmation(payload: Buffer): void {
    const reader = new SshReader(payload, 1);
    const number = reader.readUint32();
    const remote = readRemoteEnd(reader);
    const { kind, handler, windowBytes, credit, resolve, reject } = this.takeOpen(number);
    if (remote.packetBytes < MIN_PACKET_BYTES) {
      const error = SshProtocolError.malformed(`Packets of ${remote.packetBytes} bytes are too small`);
      reject(new ChannelOpenFailed(OpenFailureReason.connectFailed, error.message));
      throw error;
    }
    const channel = new Channel(this.port, number, kind, remote, handler, windowBytes, credit);
    this.table.set(channel);
    channel.hold();
    setImmediate(() => channel.release());
    resolve(channel);
  }

  /** CHANNEL_OPEN_FAILURE. */
  onFailure(payload: Buffer): void {
    const reader = new SshReader(payload, 1);
    const number = reader.readUint32();
    const reason = reader.readUint32();
    const description = reader.remaining > 0 ? reader.readString().toString('utf8', 0, 1000) : '';
    const { credit, reject } = this.takeOpen(number);
    this.table.release(number);
    this.port.ledger.giveBack(credit);
    reject(new ChannelOpenFailed(reason, description));
  }

  private whyRefused(name: string, packetBytes: number): [number, string] | undefined {
    if (packetBytes < MIN_PACKET_BYTES)
      return [OpenFailureReason.resourceShortage, `Packets of ${packetBytes} bytes are too small; ${MIN_PACKET_BYTES} are needed`];
    if (this.table.size >= this.port.limits.channels) return [OpenFailureReason.resourceShortage, 'Too many channels'];
    const why = this.door.whyProhibited(name);
    return why === undefined ? undefined : [OpenFailureReason.administrativelyProhibited, why];
  }

  private incoming(kind: ChannelKind, remote: RemoteEnd): IncomingChannel {
    const number = this.table.reserve();
    let isDecided = false;
    const decide = (): void => {
      if (isDecided) throw new RangeError('The channel was accepted or rejected before');
      isDecided = true;
    };
    return {
      kind,
      accept: (handler) => {
        decide();
        return this.accept(number, kind, remote, handler);
      },
      reject: (reason, description) => {
        decide();
        this.table.release(number);
        this.port.send(encodeOpenFailure(remote.number, reason, description));
      },
    };
  }

  private accept(number: number, kind: ChannelKind, remote: RemoteEnd, handler: ChannelHandler): Channel {
    const { limits } = this.port;
    const windowBytes = STARTS_SMALL.has(kind.kind) ? limits.firstWindowBytes : limits.windowBytes;
    const credit = this.firstCredit(windowBytes);
    const channel = new Channel(this.port, number, kind, remote, handler, windowBytes, credit);
    this.table.set(channel);
    this.port.send(encodeOpenConfirmation(remote.number, number, credit, limits.packetBytes));
    const { endReason } = this;
    if (endReason !== undefined) queueMicrotask(() => keepGoing(() => channel.onConnectionEnd(endReason)));
    return channel;
  }

  private takeOpen(number: number): PendingOpen {
    const open = this.opens.get(number);
    if (open === undefined) throw SshProtocolError.malformed(`Answer to the opening of channel ${number}, which was not asked for`);
    this.opens.delete(number);
    return open;
  }

  private firstCredit(windowBytes: number): number {
    return this.port.ledger.take(windowBytes, this.port.limits.floorWindowBytes);
  }
}

const readRemoteEnd = (reader: SshReader): RemoteEnd => ({
  number: reader.readUint32(),
  windowBytes: reader.readUint32(),
  packetBytes: reader.readUint32(),
});
