/** Public key blobs (RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709 §4, PROTOCOL.u2f). */
import type { KeyObject } from 'node:crypto';
import { SshReader, SshWriter } from '../wire/index.js';
import { SshKeyError } from './key-error.js';
import { bitLength, CURVES, ecdsaPoint, ecdsaPublicKey, ed25519Point, ed25519PublicKey, rsaPublicKey, type Curve } from './key-object.js';
import type { KeyType, PublicKey } from './public-key.js';
import { RecentKeys } from './recent-keys.js';
import { withKeyErrors } from './with-key-errors.js';

/** Longest blob that is parsed, in bytes: an 8192-bit RSA key has about 1 KiB. */
const MAX_BLOB_BYTES = 8 * 1024;

/** The values of the fields of a key type. */
interface KeyBody {
  readonly keyObject: KeyObject;
  readonly bits: number;
  readonly application?: string;
}

const readEd25519 = (reader: SshReader): KeyBody => ({ keyObject: ed25519PublicKey(reader.readString(32)), bits: 256 });

const readEcdsa =
  (curve: Curve) =>
  (reader: SshReader): KeyBody => {
    const name = reader.readAscii(64);
    if (name !== curve.ssh) throw new SshKeyError('malformed', `ECDSA key names curve "${name}" instead of "${curve.ssh}"`);
    return { keyObject: ecdsaPublicKey(curve, reader.readString(1 + 2 * curve.bytes)), bits: curve.bits };
  };

const readRsa = (reader: SshReader): KeyBody => {
  const exponent = reader.readMpint();
  const modulus = reader.readMpint();
  return { keyObject: rsaPublicKey(exponent, modulus), bits: bitLength(modulus) };
};

const withApplication =
  (read: (reader: SshReader) => KeyBody) =>
  (reader: SshReader): KeyBody => {
    const body = read(reader);
    return { ...body, application: reader.readUtf8(1024) };
  };

const READERS: Readonly<Record<KeyType, (reader: SshReader) => KeyBody>> = {
  'ssh-ed25519': readEd25519,
  'ecdsa-sha2-nistp256': readEcdsa(CURVES[0]!),
  'ecdsa-sha2-nistp384': readEcdsa(CURVES[1]!),
  'ecdsa-sha2-nistp521': readEcdsa(CURVES[2]!),
  'ssh-rsa': readRsa,
  'sk-ssh-ed25519@openssh.com': withApplication(readEd25519),
  'sk-ecdsa-sha2-nistp256@openssh.com': withApplication(readEcdsa(CURVES[0]!)),
};

/** Returns true for the type name of a plain public key. */
export const isKeyType = (name: string): name is KeyType => Object.hasOwn(READERS, name);

/** Reads the fields after the type name (in certificates, after the nonce) and builds the blob of the plain key. */
export const readKeyBody = (type: KeyType, reader: SshReader, source: Buffer): PublicKey => {
  const start = reader.offset;
  const body = READERS[type](reader);
  const fields = source.subarray(start, reader.offset);
  const blob = Buffer.from(new SshWriter(fields.length + 64).writeString(type).writeBytes(fields).finish());
  return { kind: 'key', type, blob, ...body };
};

/**
 * Parses a plain public key blob.
 * @throws SshKeyError `unsupported` for other key types (DSA, certificates), `malformed` for anything but exactly one key.
 */
export const parsePublicKeyBlob = (blob: Buffer): PublicKey =>
  withKeyErrors('Public key', () => {
    if (blob.length > MAX_BLOB_BYTES) throw new SshKeyError('malformed', `Public key of ${blob.length} bytes is too long`);
    return recentKeys.parse(blob, parseBlob);
  });

const recentKeys = new RecentKeys(256);

const parseBlob = (blob: Buffer): PublicKey => {
  const reader = new SshReader(blob);
  const type = reader.readAscii(64);
  if (!isKeyType(type)) throw new SshKeyError('unsupported', `Key type "${type}" is not supported`);
  const key = readKeyBody(type, reader, blob);
  reader.expectEnd();
  return key;
};

/** Returns the SSH public key of a node:crypto key. Throws SshKeyError `unsupported` for a key type that SSH does not support. */
export const publicKeyFromKeyObject = (key: KeyObject): PublicKey => parsePublicKeyBlob(blobOf(key));

const blobOf = (key: KeyObject): Buffer => {
  if (key.asymmetricKeyType === 'ed25519') return new SshWriter().writeString('ssh-ed25519').writeString(ed25519Point(key)).finish();
  if (key.asymmetricKeyType === 'rsa') return rsaBlob(key);
  if (key.asymmetricKeyType === 'ec') return ecdsaBlob(key);
  throw new SshKeyError('unsupported', `Keys of type "${key.asymmetricKeyType}" are not supported; use Ed25519, ECDSA or RSA`);
};

const rsaBlob = (key: KeyObject): Buffer => {
  const { n, e } = key.export({ format: 'jwk' });
  const magnitude = (text: unknown): Buffer => Buffer.from(String(text), 'base64url');
  return new SshWriter(1024).writeString('ssh-rsa').writeMpint(magnitude(e)).writeMpint(magnitude(n)).finish();
};

const ecdsaBlob = (key: KeyObject): Buffer => {
  const name = key.asymmetricKeyDetails?.namedCurve;
  const opensslNames = ['prime256v1', 'secp384r1', 'secp521r1'];
  const curve = CURVES[opensslNames.indexOf(String(name))];
  if (curve === undefined) throw new SshKeyError('unsupported', `Curve "${name}" is not supported; use nistp256, nistp384 or nistp521`);
  return new SshWriter().writeString(`ecdsa-sha2-${curve.ssh}`).writeString(curve.ssh).writeString(ecdsaPoint(curve, key)).finish();
};
