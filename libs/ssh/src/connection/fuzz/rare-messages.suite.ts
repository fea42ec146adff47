/** For fuzzing: messages that two engines do not send to each other by themselves. */
import { generateKeyPairSync } from 'node:crypto';
import { Message } from '../../transport/message.js';
import { userauth } from '../../transport/raw-peer.suite.js';
import { SshWriter } from '../../wire/index.js';
import { ecdsaHostKey, hostKey, rsaHostKey, userKey } from '../loopback.suite.js';

const lengthPrefixed = (...strings: (Buffer | string)[]): Buffer =>
  strings.reduce<SshWriter>((writer, value) => writer.writeString(value), new SshWriter()).finish();

/** Returns the 32 bytes of an Ed25519 public key whose private key is discarded. */
const rawEd25519 = (): Buffer => generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);

const SK_ED25519 = lengthPrefixed('sk-ssh-ed25519@openssh.com', rawEd25519(), 'ssh:');
const SK_ECDSA = lengthPrefixed('sk-ecdsa-sha2-nistp256@openssh.com', ...partsOf(ecdsaHostKey.publicKey.blob).slice(1), 'ssh:');

function partsOf(blob: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < blob.length; at += 4 + blob.readUInt32BE(at)) parts.push(blob.subarray(at + 4, at + 4 + blob.readUInt32BE(at)));
  return parts;
}

/** Returns a user certificate (PROTOCOL.certkeys) with every option that is read, signed by the host key. */
const certificate = (): Buffer => {
  const body = new SshWriter(1024)
    .writeString('ssh-ed25519-cert-v01@openssh.com')
    .writeString(Buffer.alloc(32, 1))
    .writeString(partsOf(userKey.publicKey.blob)[1]!)
    .writeUint64(7n)
    .writeUint32(1)
    .writeString('key id')
    .writeString(lengthPrefixed('alice', 'bob'))
    .writeUint64(0n)
    .writeUint64(0xffff_ffff_ffff_ffffn)
    .writeString(lengthPrefixed('force-command', lengthPrefixed('true'), 'source-address', lengthPrefixed('127.0.0.0/8,::1/128')))
    .writeString(lengthPrefixed('permit-X11-forwarding', '', 'permit-pty', ''))
    .writeString('')
    .writeString(hostKey.publicKey.blob)
    .finish();
  return new SshWriter(1024).writeBytes(body).writeString(hostKey.sign('ssh-ed25519', body)).finish();
};

const offer = (algorithm: string, blob: Buffer): Buffer =>
  userauth('alice', 'publickey').writeBoolean(false).writeString(algorithm).writeString(blob).finish();

/** Returns an authentication request with an incorrect signature of the correct length. */
const proof = (algorithm: string, blob: Buffer, ...rest: Buffer[]): Buffer =>
  userauth('alice', 'publickey')
    .writeBoolean(true)
    .writeString(algorithm)
    .writeString(blob)
    .writeString(Buffer.concat([lengthPrefixed(algorithm, Buffer.alloc(64, 5)), ...rest]))
    .finish();

const FIDO_STATEMENT = Buffer.from([1, 0, 0, 0, 9]);

const open = (kind: string, ...body: (string | number)[]): Buffer => {
  const writer = new SshWriter()
    .writeByte(Message.channelOpen)
    .writeString(kind)
    .writeUint32(9)
    .writeUint32(2 ** 21)
    .writeUint32(32_768);
  for (const part of body) {
    if (typeof part === 'string') writer.writeString(part);
    else writer.writeUint32(part);
  }
  return writer.finish();
};

const request = (name: string): Buffer =>
  new SshWriter().writeByte(Message.channelRequest).writeUint32(0).writeString(name).writeBoolean(false).finish();
const ping = new SshWriter().writeByte(192).writeString('data').finish();

/** Returns messages that a client may send. */
const fromClient = (): Buffer[] => [
  offer('ssh-ed25519-cert-v01@openssh.com', certificate()),
  proof('ssh-ed25519-cert-v01@openssh.com', certificate()),
  offer('rsa-sha2-512', rsaHostKey.publicKey.blob),
  proof('rsa-sha2-256', rsaHostKey.publicKey.blob),
  offer('ecdsa-sha2-nistp256', ecdsaHostKey.publicKey.blob),
  proof('sk-ssh-ed25519@openssh.com', SK_ED25519, FIDO_STATEMENT),
  proof('sk-ecdsa-sha2-nistp256@openssh.com', SK_ECDSA, FIDO_STATEMENT),
  userauth('alice', 'gssapi-with-mic').writeUint32(1).writeString('oid').finish(),
  userauth('alice', 'hostbased')
    .writeString('ssh-ed25519')
    .writeString(hostKey.publicKey.blob)
    .writeString('h')
    .writeString('u')
    .writeString('s')
    .finish(),
  request('eow@openssh.com'),
  ping,
];

/** Returns messages that a server may send. */
const fromServer = (): Buffer[] => [
  open('x11', '127.0.0.1', 6010),
  open('forwarded-tcpip', 'localhost', 80, '127.0.0.1', 4000),
  open('forwarded-streamlocal@openssh.com', '/tmp/x', ''),
  new SshWriter().writeByte(Message.userauthBanner).writeString('hello\r\n').writeString('en').finish(),
  request('eow@openssh.com'),
  ping,
];

export const RARE_MESSAGES = { client: fromClient(), server: fromServer() };
