import type { Socket } from 'node:net';
import type { Clock } from '@sallyport/context';
import { ChannelMux } from '../connection/channel-mux.js';
import type { SshChannel } from '../ssh-channel.js';
import type { ConnectionHandlers, SshConnection } from '../ssh-connection.js';
import type { LoginCredential, SshHandshake } from '../ssh-dialer.js';
import { SshConnectionClosed } from '../ssh.errors.js';
import { ClientUserauth } from '../userauth/client-userauth.js';
import { DisconnectReason, FIRST_CONNECTION_MESSAGE, ProtocolViolation } from '../wire/index.js';
import { ASSET_KEX, hostKeyOrder, offer, SOFTWARE } from './algorithms.js';
import { HostKeyWatch } from './host-key-watch.js';
import { PacketTransport } from './packet-transport.js';

/** A connection that we dialled: transport, then authentication once the host key was judged, then channels. */
export class ClientConnection implements SshConnection, SshHandshake {
  readonly remoteAddress: string;
  private readonly transport: PacketTransport;
  private readonly mux: ChannelMux;
  private readonly hostKeyWatch = new HostKeyWatch();
  private readonly ready = Promise.withResolvers<void>();
  private peerSignatureAlgorithms: readonly string[] = [];
  private userauth: ClientUserauth | undefined;
  private login: PromiseWithResolvers<SshConnection> | undefined;
  private isLoggedIn = false;

  constructor(socket: Socket, preferredHostKeys: readonly string[], clock: Clock) {
    this.remoteAddress = socket.remoteAddress ?? '';
    const hostVerifier = (blob: Buffer): boolean => this.hostKeyWatch.accept(blob);
    this.transport = new PacketTransport(
      socket,
      { server: false, config: { ident: SOFTWARE, offer: offer(hostKeyOrder(preferredHostKeys), ASSET_KEX), hostVerifier } },
      {
        onMessage: (type, payload) => this.onMessage(type, payload),
        onReady: () => this.ready.resolve(),
        onWritable: () => this.mux.onWritable(),
        onSignatureAlgorithms: (algorithms) => (this.peerSignatureAlgorithms = algorithms),
        onEnd: (cause) => this.onEnd(cause),
      },
      clock,
    );
    this.mux = new ChannelMux(this.transport, clock, false, (error) => this.disconnect(error.message));
  }

  /** Resolves when the server has proven its host key. */
  get whenReady(): Promise<void> {
    return this.ready.promise;
  }

  get hostKey(): { algorithm: string; blob: Buffer } {
    return this.hostKeyWatch.key;
  }

  get remoteSoftware(): string {
    return this.transport.remoteSoftware;
  }

  get bytesOnWire(): { read: number; written: number } {
    return this.transport.bytesOnWire;
  }

  authenticate(credential: LoginCredential): Promise<SshConnection> {
    const { transport } = this;
    const peerAlgorithms = (): readonly string[] => this.peerSignatureAlgorithms;
    this.login = Promise.withResolvers();
    this.userauth = new ClientUserauth(
      {
        sessionId: transport.sessionId,
        get peerSignatureAlgorithms() {
          return peerAlgorithms();
        },
        send: (payload) => transport.send(payload),
        succeeded: () => this.loggedIn(),
        failed: (error) => this.loginFailed(error),
      },
      credential,
    );
    this.userauth.start();
    return this.login.promise;
  }

  abandon(): void {
    this.transport.disconnect(DisconnectReason.BY_APPLICATION, '');
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

  private loggedIn(): void {
    this.isLoggedIn = true;
    this.userauth = undefined;
    this.transport.allowRekeying();
    this.login?.resolve(this);
  }

  private loginFailed(error: Error): void {
    this.login?.reject(error);
    this.abandon();
  }

  private onMessage(type: number, payload: Buffer): void {
    if (type >= FIRST_CONNECTION_MESSAGE) {
      if (!this.isLoggedIn) throw new ProtocolViolation(`Message ${type} is not allowed before authentication`);
      return this.mux.onMessage(type, payload);
    }
    try {
      this.userauth?.onMessage(type, payload);
    } catch (error) {
      this.loginFailed(error as Error);
      throw error;
    }
  }

  private onEnd(cause: Error | undefined): void {
    const closed = new SshConnectionClosed('The asset closed the connection', {}, { cause });
    this.ready.reject(cause ?? closed);
    this.ready.promise.catch(() => undefined); // nobody waits any more once it was ready
    this.login?.reject(closed);
    this.mux.onConnectionLost(cause);
  }
}
