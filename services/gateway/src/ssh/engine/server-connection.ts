import type { Socket } from 'node:net';
import type { Clock, Timer } from '@sallyport/context';
import { ChannelMux } from '../connection/channel-mux.js';
import type { SshChannel } from '../ssh-channel.js';
import type { ConnectionHandlers, SshConnection } from '../ssh-connection.js';
import type { SshServerOptions } from '../ssh-server.js';
import { ServerUserauth } from '../userauth/server-userauth.js';
import { DisconnectReason, FIRST_CONNECTION_MESSAGE, Message, ProtocolViolation, SshWriter } from '../wire/index.js';
import { PacketTransport, type TransportRole } from './packet-transport.js';

/** A client that comes in: transport, then authentication under a deadline, then channels. */
export class ServerConnection<Identity> implements SshConnection {
  readonly remoteAddress: string;
  /** Resolves when the connection is gone. */
  readonly whenClosed: Promise<void>;
  private readonly transport: PacketTransport;
  private readonly mux: ChannelMux;
  private readonly grace: Timer;
  private userauth: ServerUserauth<Identity> | undefined;
  private isSignedIn = false;
  private turnedAwayFor = 'left before signing in';

  constructor(
    socket: Socket,
    role: TransportRole,
    private readonly options: SshServerOptions<Identity>,
    private readonly slot: { release(): void },
    clock: Clock,
  ) {
    this.whenClosed = new Promise((resolve) => socket.once('close', () => resolve()));
    this.remoteAddress = plainAddress(socket.remoteAddress);
    this.transport = new PacketTransport(
      socket,
      role,
      {
        onMessage: (type, payload) => this.onMessage(type, payload),
        onReady: () => this.beginUserauth(),
        onWritable: () => this.mux.onWritable(),
        onSignatureAlgorithms: () => undefined,
        onEnd: (cause) => this.onEnd(cause),
      },
      clock,
    );
    this.mux = new ChannelMux(this.transport, clock, true, (error) => this.disconnect(error.message));
    this.grace = clock.timeout(options.loginGraceSeconds * 1000, () => this.turnAway(`The time to sign in (${options.loginGraceSeconds} s) is over.`));
  }

  get remoteSoftware(): string {
    return this.transport.remoteSoftware;
  }

  get bytesOnWire(): { read: number; written: number } {
    return this.transport.bytesOnWire;
  }

  attach(handlers: ConnectionHandlers): void {
    this.mux.attach(handlers);
  }

  openSession(): Promise<SshChannel> {
    return this.mux.openSession();
  }

  disconnect(words: string): void {
    this.transport.disconnect(DisconnectReason.BY_APPLICATION, words);
  }

  private beginUserauth(): void {
    const { remoteAddress, remoteSoftware, transport } = this;
    this.userauth = new ServerUserauth<Identity>(
      {
        get sessionId() {
          return transport.sessionId;
        },
        send: (payload) => transport.send(payload),
        signedIn: (identity) => this.signIn(identity),
        refuse: (words) => this.turnAway(words),
        failed: (error) => this.turnAway(error instanceof ProtocolViolation ? error.message : 'Signing in failed.'),
      },
      this.options.authenticator({ remoteAddress, remoteSoftware }),
    );
  }

  private signIn(identity: Identity): void {
    this.isSignedIn = true;
    this.grace.cancel();
    this.slot.release();
    this.transport.allowRekeying();
    this.options.onConnection(this, identity);
  }

  private turnAway(words: string): void {
    this.turnedAwayFor = words;
    this.userauth?.stop();
    this.transport.send(new SshWriter().byte(Message.USERAUTH_BANNER).string(`${words}\r\n`).string('').finish());
    this.transport.disconnect(DisconnectReason.NO_MORE_AUTH_METHODS_AVAILABLE, words);
  }

  private onMessage(type: number, payload: Buffer): void {
    if (this.isSignedIn) {
      if (type >= FIRST_CONNECTION_MESSAGE) this.mux.onMessage(type, payload);
      return; // authentication messages after success are ignored, RFC 4252 §5.1
    }
    if (type >= FIRST_CONNECTION_MESSAGE || !this.userauth) throw new ProtocolViolation(`Message ${type} is not allowed before authentication`);
    this.userauth.onMessage(type, payload);
  }

  private onEnd(cause: Error | undefined): void {
    this.grace.cancel();
    this.slot.release();
    this.userauth?.stop();
    if (!this.isSignedIn) this.options.onTurnedAway(this, cause?.message ?? this.turnedAwayFor);
    this.mux.onConnectionLost(cause);
  }
}

/** An IPv4 address that came over an IPv6 socket, as IPv4. */
const plainAddress = (address: string | undefined): string => (address ?? '').replace(/^::ffff:(?=\d+\.)/, '');
