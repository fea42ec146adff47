/** Opens the channels of one connection, at the request of either side (RFC 4254 §5.1). */
import { Message } from '../transport/message.js';
import { SshProtocolError, SshReader, SshWriter } from '../wire/index.js';
import { Channel, type RemoteEnd } from './channel.js';
import type { ChannelHandler } from './channel-handler.js';
import { channelKindName, decodeChannelKind, encodeChannelKind, type ChannelKind } from './channel-kind.js';
import { encodeOpenConfirmation, encodeOpenFailure } from './channel-messages.js';
import type { ChannelPort } from './channel-port.js';
import type { ChannelTable } from './channel-table.js';
import type { IncomingChannel } from './incoming-channel.js';
import { warnOnThrow } from './warn-on-throw.js';
import { ChannelOpenFailed, OpenFailureReason } from './open-failure.js';

/** Decides on the channels that the peer requests. */
export interface ChannelPolicy {
  /** Returns the reason why no channel of this type may be opened; undefined if the application decides. */
  prohibitedReason(name: string): string | undefined;
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

/** A peer with tiny packets could keep the event loop busy with encrypting them. Smaller maximum packet sizes are refused. */
const MIN_PACKET_BYTES = 256;
/** Channel types that start with a small window, until the application accepts a command. */
const STARTS_WITH_SMALL_WINDOW: ReadonlySet<string> = new Set(['session']);

/** See the head of this file. */
export class ChannelOpening {
  private readonly opens = new Map<number, PendingOpen>();
  private endReason: Error | undefined;

  constructor(
    private readonly port: ChannelPort,
    private readonly table: ChannelTable,
    private readonly policy: ChannelPolicy,
  ) {}

  /** Sends CHANNEL_OPEN; see `SshConnection.openChannel`. */
  open(kind: ChannelKind, handler: ChannelHandler, windowBytes: number): Promise<Channel> {
    const { limits } = this.port;
    if (this.endReason !== undefined) return Promise.reject(new ChannelOpenFailed(OpenFailureReason.connectFailed, this.endReason.message));
    if (this.table.size >= limits.channels) {
      return Promise.reject(
        new ChannelOpenFailed(OpenFailureReason.resourceShortage, `At most ${limits.channels} channels can be open at once`),
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

  /** Rejects all open requests: the connection ended. */
  connectionEnded(reason: Error): void {
    this.endReason = reason;
    for (const open of this.opens.values()) open.reject(new ChannelOpenFailed(OpenFailureReason.connectFailed, reason.message));
    this.opens.clear();
  }

  /** Handles CHANNEL_OPEN. */
  onOpen(payload: Buffer): void {
    const reader = new SshReader(payload, 1);
    const name = reader.readAscii();
    const remote = readRemoteEnd(reader);
    const refusal = this.refusalReason(name, remote.packetBytes);
    if (refusal !== undefined) return this.port.send(encodeOpenFailure(remote.number, ...refusal));
    return this.policy.offer(this.incoming(decodeChannelKind(name, reader), remote));
  }

  /** Handles CHANNEL_OPEN_CONFIRMATION. */
  onConfirmation(payload: Buffer): void {
    const reader = new SshReader(payload, 1);
    const number = reader.readUint32();
    const remote = readRemoteEnd(reader);
    const { kind, handler, windowBytes, credit, resolve, reject } = this.takeOpen(number);
    if (remote.packetBytes < MIN_PACKET_BYTES) {
      const error = SshProtocolError.malformed(`A maximum packet size of ${remote.packetBytes} bytes is too small`);
      reject(new ChannelOpenFailed(OpenFailureReason.connectFailed, error.message));
      throw error;
    }
    const channel = new Channel(this.port, number, kind, remote, handler, windowBytes, credit);
    this.table.set(channel);
    channel.hold();
    setImmediate(() => channel.release());
    resolve(channel);
  }

  /** Handles CHANNEL_OPEN_FAILURE. */
  onFailure(payload: Buffer): void {
    const reader = new SshReader(payload, 1);
    const number = reader.readUint32();
    const reason = reader.readUint32();
    const description = reader.remaining > 0 ? reader.readString().toString('utf8', 0, 1000) : '';
    const { credit, reject } = this.takeOpen(number);
    this.table.release(number);
    this.port.ledger.release(credit);
    reject(new ChannelOpenFailed(reason, description));
  }

  private refusalReason(name: string, packetBytes: number): [number, string] | undefined {
    if (packetBytes < MIN_PACKET_BYTES)
      return [
        OpenFailureReason.resourceShortage,
        `A maximum packet size of ${packetBytes} bytes is too small; the minimum is ${MIN_PACKET_BYTES}`,
      ];
    if (this.table.size >= this.port.limits.channels) return [OpenFailureReason.resourceShortage, 'Too many channels'];
    const why = this.policy.prohibitedReason(name);
    return why === undefined ? undefined : [OpenFailureReason.administrativelyProhibited, why];
  }

  private incoming(kind: ChannelKind, remote: RemoteEnd): IncomingChannel {
    const number = this.table.reserve();
    let isDecided = false;
    const decide = (): void => {
      if (isDecided) throw new RangeError('The channel was already accepted or rejected');
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
    const windowBytes = STARTS_WITH_SMALL_WINDOW.has(kind.kind) ? limits.firstWindowBytes : limits.windowBytes;
    const credit = this.firstCredit(windowBytes);
    const channel = new Channel(this.port, number, kind, remote, handler, windowBytes, credit);
    this.table.set(channel);
    this.port.send(encodeOpenConfirmation(remote.number, number, credit, limits.packetBytes));
    const { endReason } = this;
    if (endReason !== undefined) queueMicrotask(() => warnOnThrow(() => channel.onConnectionEnd(endReason)));
    return channel;
  }

  private takeOpen(number: number): PendingOpen {
    const open = this.opens.get(number);
    if (open === undefined) throw SshProtocolError.malformed(`Reply to a CHANNEL_OPEN of channel ${number} that was not sent`);
    this.opens.delete(number);
    return open;
  }

  private firstCredit(windowBytes: number): number {
    return this.port.ledger.grant(windowBytes, this.port.limits.floorWindowBytes);
  }
}

const readRemoteEnd = (reader: SshReader): RemoteEnd => ({
  number: reader.readUint32(),
  windowBytes: reader.readUint32(),
  packetBytes: reader.readUint32(),
});
