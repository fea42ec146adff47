/** A FIDO authenticator in software: keys of OpenSSH's `sk-` types, whose signatures contain any statement (PROTOCOL.u2f). */
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { parsePublicKeyBlob, SshWriter, type PublicKey } from '@sallyport/ssh';

const APPLICATION = 'ssh:';
const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;

const sha256 = (bytes: Buffer | string): Buffer => createHash('sha256').update(bytes).digest();
const coordinate = (key: KeyObject, name: 'x' | 'y'): Buffer =>
  Buffer.from(String((key.export({ format: 'jwk' }) as Record<string, unknown>)[name]), 'base64url');

/** See the head of this file. */
export class SoftwareAuthenticator {
  readonly publicKey: PublicKey;
  isTouched = true;
  isUserVerified = false;
  /** The application that signatures are made for, independent of the key. */
  statedApplication = APPLICATION;
  private counter = 0;
  private readonly privateKey: KeyObject;

  constructor(private readonly kind: 'ed25519' | 'ecdsa') {
    const pair = kind === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.privateKey = pair.privateKey;
    this.publicKey = parsePublicKeyBlob(kind === 'ed25519' ? ed25519Blob(pair.publicKey) : ecdsaBlob(pair.publicKey));
  }

  /** Returns `name type blob`: a line of a public key file. */
  get line(): string {
    return `${this.publicKey.type} ${this.publicKey.blob.toString('base64')} fido\n`;
  }

  /** Returns the signature blob over `data`. */
  sign(data: Buffer): Buffer {
    this.counter += 1;
    const statement = Buffer.alloc(5);
    statement[0] = (this.isTouched ? USER_PRESENT : 0) | (this.isUserVerified ? USER_VERIFIED : 0);
    statement.writeUInt32BE(this.counter, 1);
    const signed = Buffer.concat([sha256(this.statedApplication), statement, sha256(data)]);
    const bytes = this.kind === 'ed25519' ? sign(null, signed, this.privateKey) : ecdsaSignature(signed, this.privateKey);
    return new SshWriter(256).writeString(this.publicKey.type).writeString(bytes).writeBytes(statement).finish();
  }
}

const ed25519Blob = (key: KeyObject): Buffer =>
  new SshWriter(128).writeString('sk-ssh-ed25519@openssh.com').writeString(coordinate(key, 'x')).writeString(APPLICATION).finish();

const ecdsaBlob = (key: KeyObject): Buffer => {
  const point = Buffer.concat([Buffer.of(4), coordinate(key, 'x'), coordinate(key, 'y')]);
  return new SshWriter(256)
    .writeString('sk-ecdsa-sha2-nistp256@openssh.com')
    .writeString('nistp256')
    .writeString(point)
    .writeString(APPLICATION)
    .finish();
};

/** Returns mpint r, mpint s (RFC 5656 §3.1.2). */
const ecdsaSignature = (signed: Buffer, key: KeyObject): Buffer => {
  const pair = sign('sha256', signed, { key, dsaEncoding: 'ieee-p1363' });
  return new SshWriter(128).writeMpint(pair.subarray(0, 32)).writeMpint(pair.subarray(32)).finish();
};
