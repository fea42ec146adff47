import type { Socket } from 'node:net';
import type { Clock, Timer } from '@sallyport/context';
import { DisconnectReason, Message, ProtocolViolation, SshWriter } from '../wire/index.js';
import { announceSignatureAlgorithms } from './ext-info.js';
import { keepCipherKeysAsObjects } from './cipher-keys.js';
import { RekeyPolicy } from './rekey-policy.js';
import { SocketReader } from './socket-reader.js';
import { Protocol, sendPacket } from './ssh2-parts.js';

/** What a transport tells its user. */
export interface TransportEvents {
  /** A message of authentication, connection or service request; the payload begins with its number. */
  onMessage(type: number, payload: Buffer): void;
  /** The first key exchange is done. */
  onReady(): void;
  /** `isCongested` has become false. */
  onWritable(): void;
  /** Signature algorithms the peer takes (RFC 8308). */
  onSignatureAlgorithms(algorithms: readonly string[]): void;
  /** The connection is gone; called once. */
  onEnd(cause: Error | undefined): void;
}

/** What differs by role; given to ssh2's Protocol as it is. */
export interface TransportRole {
  server: boolean;
  config: Record<string, unknown>;
}

/** Unsent bytes above which channel data is held back: a peer that does not read costs this much and no more. */
const MAX_UNSENT_BYTES = 1024 * 1024;
/** How long a disconnect message may take to leave before the socket is destroyed. */
const LINGER_MS = 5_000;
/** Messages that may wait while keys are exchanged. */
const MAX_QUEUED_DURING_KEX = 10_000;

/**
 * Encrypted packets over one socket. ssh2 does the key exchange and the ciphers and nothing else: its authentication and channel
 * layers are passed by, since they lose half-close and late stderr, drop terminal modes and know no bounds.
 */
export class PacketTransport {
  remoteSoftware = '';
  readonly bytesOnWire = { read: 0, written: 0 };
  private readonly protocol: Protocol;
  private readonly reader: SocketReader;
  private readonly rekeying: RekeyPolicy;
  private linger: Timer | undefined;
  private state: 'open' | 'ending' | 'ended' = 'open';
  private isCorked = false;
  private handshakes = 0;
  private error: Error | undefined;

  constructor(
    private readonly socket: Socket,
    private readonly role: TransportRole,
    private readonly events: TransportEvents,
    private readonly clock: Clock,
  ) {
    this.protocol = this.createProtocol();
    this.rekeying = new RekeyPolicy(clock, { start: () => this.protocol.rekey(), late: () => this.fail(new ProtocolViolation('Key exchange took too long')) });
    this.reader = new SocketReader(socket, (chunk) => this.receive(chunk));
    socket.setNoDelay(true);
    socket.on('drain', () => this.tellWritable());
    socket.on('error', (error) => (this.error ??= error));
    socket.on('close', () => this.ended());
    this.protocol.start();
  }

  /** The session id: exchange hash of the first key exchange (RFC 4253 §7.2). */
  get sessionId(): Buffer {
    if (!this.protocol._kex) throw new Error('there is no session id before the first key exchange');
    return this.protocol._kex.sessionID;
  }

  /** Whether channel data has to wait: too much is unsent, or keys are being exchanged. */
  get isCongested(): boolean {
    return this.state !== 'open' || this.protocol._kexinit !== undefined || this.socket.writableLength >= MAX_UNSENT_BYTES;
  }

  /** From now on keys are renewed by bytes and time. */
  allowRekeying(): void {
    this.rekeying.enable();
  }

  /** Sends one message; `data` is what follows `payload` in it, given apart so that bulk is copied once. */
  send(payload: Buffer, data?: Buffer): void {
    if (this.state !== 'open') return;
    const writer = this.protocol._packetRW.write;
    const start = writer.allocStart;
    const packet = writer.alloc(payload.length + (data?.length ?? 0));
    packet.set(payload, start);
    if (data) packet.set(data, start + payload.length);
    sendPacket(this.protocol, writer.finalize(packet));
    if ((this.protocol._queue?.length ?? 0) > MAX_QUEUED_DURING_KEX) this.fail(new ProtocolViolation('Too many messages during key exchange'));
  }

  /** Says goodbye and closes the socket once that has left. */
  disconnect(reason: number, words: string): void {
    if (this.state !== 'open') return;
    this.sendEvenDuringKex(new SshWriter().byte(Message.DISCONNECT).uint32(reason).string(words).string('').finish());
    this.shutDown();
  }

  /** A message of this number means nothing here (RFC 4253 §11.4). */
  unimplemented(): void {
    this.send(new SshWriter().byte(Message.UNIMPLEMENTED).uint32((this.protocol._decipher.inSeqno - 1) >>> 0).finish());
  }

  private createProtocol(): Protocol {
    const protocol = new Protocol({
      ...this.role.config,
      server: this.role.server,
      onWrite: (data: Buffer) => this.write(data),
      onError: (error: Error) => this.fail(error),
      onHeader: (header: { versions: { software: string }; comments?: string }) => {
        this.remoteSoftware = [header.versions.software, header.comments].filter(Boolean).join(' ').slice(0, 255);
      },
      onHandshakeComplete: () => this.handshakeDone(),
      messageHandlers: {
        DISCONNECT: (_: unknown, reason: number, words: string) => this.peerDisconnected(reason, words),
        EXT_INFO: (_: unknown, extensions: { name: string; algs: string[] }[]) => {
          for (const { name, algs } of extensions) if (name === 'server-sig-algs') this.events.onSignatureAlgorithms(algs);
        },
      },
    });
    if (this.role.server) announceSignatureAlgorithms(protocol, (payload) => this.send(payload));
    this.interceptMessages(protocol);
    return protocol;
  }

  private interceptMessages(protocol: Protocol): void {
    const transportMessage = protocol._onPayload;
    protocol._onPayload = (payload) => {
      const type = payload[0];
      if (type === undefined) throw new ProtocolViolation('Empty message');
      const isOurs = type >= Message.USERAUTH_REQUEST || type === Message.SERVICE_REQUEST || type === Message.SERVICE_ACCEPT;
      if (!isOurs) return transportMessage(payload);
      if (this.state === 'open') this.events.onMessage(type, payload);
      return undefined;
    };
  }

  private receive(chunk: Buffer): void {
    this.bytesOnWire.read += chunk.length;
    if (this.state !== 'open') return;
    try {
      this.protocol.parse(chunk, 0, chunk.length);
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(String(error)));
    }
    this.rekeying.count(chunk.length);
  }

  /** Everything of one turn leaves as one system call: ssh2 writes length, body and tag of a packet apart. */
  private write(data: Buffer): void {
    if (!this.socket.writable) return;
    if (!this.isCorked) {
      this.isCorked = true;
      this.socket.cork();
      process.nextTick(() => {
        this.isCorked = false;
        this.socket.uncork();
      });
    }
    this.bytesOnWire.written += data.length;
    this.socket.write(data);
    this.rekeying.count(data.length);
    this.reader.noteUnsent();
  }

  private sendEvenDuringKex(payload: Buffer): void {
    const writer = this.protocol._packetRW.write;
    const packet = writer.alloc(payload.length, true);
    packet.set(payload, writer.allocStartKEX);
    sendPacket(this.protocol, writer.finalize(packet, true), true);
  }

  private handshakeDone(): void {
    keepCipherKeysAsObjects(this.protocol);
    this.rekeying.done();
    this.handshakes += 1;
    if (this.handshakes === 1) this.events.onReady();
    else this.tellWritable();
  }

  private tellWritable(): void {
    if (!this.isCongested) this.events.onWritable();
  }

  private peerDisconnected(reason: number, words: string): void {
    if (reason !== DisconnectReason.BY_APPLICATION) this.error ??= new Error(words || `disconnected with reason ${reason}`);
    this.shutDown();
  }

  private fail(error: Error): void {
    this.error ??= error;
    if (this.state !== 'open') return;
    const words = error instanceof ProtocolViolation ? error.message : 'Protocol error';
    try {
      this.disconnect(DisconnectReason.PROTOCOL_ERROR, words);
    } catch {
      this.shutDown(); // ssh2 has already torn its own half down
    }
  }

  private shutDown(): void {
    if (this.state !== 'open') return;
    this.state = 'ending';
    this.socket.end();
    this.reader.discard();
    this.linger = this.clock.timeout(LINGER_MS, () => this.socket.destroy());
  }

  private ended(): void {
    if (this.state === 'ended') return;
    this.state = 'ended';
    this.linger?.cancel();
    this.rekeying.stop();
    this.protocol.cleanup();
    this.events.onEnd(this.error);
  }
}
