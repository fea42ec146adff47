/** For tests: a peer that exchanges keys correctly and then sends any payload. */
import { generateKeyPairSync } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { selectCrypto } from '../crypto/index.js';
import { privateKeyFromKeyObject } from '../keys/index.js';
import { SshWriter } from '../wire/index.js';
import { deferred } from './deferred.suite.js';
import { Message } from './message.js';
import { SshTransport, type TransportOptions } from './ssh-transport.js';

export const crypto = selectCrypto();
export const hostSigner = privateKeyFromKeyObject(generateKeyPairSync('ed25519').privateKey);

export const clientSide: TransportOptions = { side: { role: 'client', verifyHostKey: () => true }, crypto };
export const serverSide: TransportOptions = { side: { role: 'server', identities: [{ signer: hostSigner }] }, crypto };

export class RawPeer {
  readonly received: Buffer[] = [];
  readonly transport: SshTransport;
  readonly ready: Promise<void>;
  readonly closed: Promise<Error>;
  private readonly waiting: { type: number; resolve: (payload: Buffer) => void }[] = [];

  constructor(
    readonly socket: Socket,
    options: Partial<TransportOptions> = {},
  ) {
    const ready = deferred();
    const closed = deferred<Error>();
    this.ready = ready.promise;
    this.closed = closed.promise;
    this.transport = new SshTransport(
      socket,
      { ...clientSide, ...options },
      {
        ready: () => ready.resolve(),
        packet: (_type, payload) => this.take(Buffer.from(payload)),
        closed: (reason) => closed.resolve(reason),
      },
    );
  }

  static to(port: number, options: Partial<TransportOptions> = {}): RawPeer {
    return new RawPeer(connect({ host: '127.0.0.1', port }), options);
  }

  send(...payloads: Buffer[]): void {
    for (const payload of payloads) this.transport.send(payload);
  }

  /** Returns the next packet of a type that no earlier call returned. */
  next(type: number): Promise<Buffer> {
    const index = this.received.findIndex((payload) => payload[0] === type);
    if (index >= 0) return Promise.resolve(this.received.splice(index, 1)[0]!);
    return new Promise((resolve) => this.waiting.push({ type, resolve }));
  }

  /** Returns the types of the packets that no call of `next` returned. */
  get types(): number[] {
    return this.received.map((payload) => payload[0]!);
  }

  async requestUserauth(): Promise<void> {
    await this.ready;
    this.send(new SshWriter().writeByte(Message.serviceRequest).writeString('ssh-userauth').finish());
    await this.next(Message.serviceAccept);
  }

  /** Logs in with a password. */
  async login(user: string, password: string): Promise<void> {
    await this.requestUserauth();
    this.send(passwordRequest(user, password));
    await this.next(Message.userauthSuccess);
  }

  private take(payload: Buffer): boolean {
    const index = this.waiting.findIndex(({ type }) => type === payload[0]);
    if (index < 0) this.received.push(payload);
    else this.waiting.splice(index, 1)[0]!.resolve(payload);
    return true;
  }
}

export const userauth = (user: string, method: string, service = 'ssh-connection'): SshWriter =>
  new SshWriter().writeByte(Message.userauthRequest).writeString(user).writeString(service).writeString(method);

export const passwordRequest = (user: string, password: string): Buffer =>
  userauth(user, 'password').writeBoolean(false).writeString(password).finish();

/** Returns the CHANNEL_OPEN of a session, by default as channel 0, with a window of the given size in bytes. */
export const openSession = (windowBytes = 2 ** 21, number = 0): Buffer =>
  new SshWriter()
    .writeByte(Message.channelOpen)
    .writeString('session')
    .writeUint32(number)
    .writeUint32(windowBytes)
    .writeUint32(32768)
    .finish();

export const channelRequest = (channel: number, name: string, wantsReply: boolean, body: Buffer = Buffer.alloc(0)): Buffer =>
  new SshWriter()
    .writeByte(Message.channelRequest)
    .writeUint32(channel)
    .writeString(name)
    .writeBoolean(wantsReply)
    .writeBytes(body)
    .finish();

export const channelData = (channel: number, bytes: Buffer): Buffer =>
  new SshWriter(bytes.length + 16).writeByte(Message.channelData).writeUint32(channel).writeString(bytes).finish();

export const bare = (type: number, channel: number): Buffer => new SshWriter().writeByte(type).writeUint32(channel).finish();
