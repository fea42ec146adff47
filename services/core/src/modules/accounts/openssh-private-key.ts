import { randomBytes, type KeyObject } from 'node:crypto';
import { SshWriter, type PublicKey } from '@sallyport/ssh';

const MAGIC = Buffer.from('openssh-key-v1\0');
const BLOCK_BYTES = 8;
const LINE_LENGTH = 70;

/** Returns a private key as unencrypted OpenSSH text (PROTOCOL.key), the form that every SSH client reads for every key type. */
export function openSshPrivateKey(publicKey: PublicKey, privateKey: KeyObject): string {
  const check = randomBytes(4);
  const secret = writer()
    .writeBytes(check)
    .writeBytes(check)
    .writeString(publicKey.type)
    .writeBytes(fieldsOf(publicKey, privateKey))
    .writeString('')
    .finish();
  const file = writer()
    .writeBytes(MAGIC)
    .writeString('none')
    .writeString('none')
    .writeString('')
    .writeUint32(1)
    .writeString(publicKey.blob)
    .writeString(padded(secret))
    .finish();
  const lines =
    Buffer.from(file)
      .toString('base64')
      .match(new RegExp(`.{1,${LINE_LENGTH}}`, 'g')) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n');
}

function fieldsOf(publicKey: PublicKey, privateKey: KeyObject): Uint8Array {
  const key = privateKey.export({ format: 'jwk' });
  const part = (name: 'x' | 'y' | 'd' | 'n' | 'e' | 'p' | 'q' | 'qi'): Buffer => Buffer.from(key[name] ?? '', 'base64url');
  switch (key.kty) {
    case 'OKP':
      return writer()
        .writeString(part('x'))
        .writeString(Buffer.concat([part('d'), part('x')]))
        .finish();
    case 'EC':
      return writer()
        .writeString(publicKey.type.replace('ecdsa-sha2-', ''))
        .writeString(Buffer.concat([Buffer.of(4), part('x'), part('y')]))
        .writeMpint(part('d'))
        .finish();
    case 'RSA':
      return ['n', 'e', 'd', 'qi', 'p', 'q'].reduce((out, name) => out.writeMpint(part(name as 'n')), writer()).finish();
    default:
      throw new Error(`no OpenSSH form for keys of kind ${String(key.kty)}`);
  }
}

/** Pads to whole blocks with the bytes 1, 2, 3, … */
function padded(secret: Uint8Array): Buffer {
  const missing = (BLOCK_BYTES - (secret.length % BLOCK_BYTES)) % BLOCK_BYTES;
  return Buffer.concat([secret, Buffer.from(Array.from({ length: missing }, (_, index) => index + 1))]);
}

const writer = (): SshWriter => new SshWriter(256);
