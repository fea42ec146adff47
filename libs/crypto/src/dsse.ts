import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';

/** The content of a verified envelope. */
export interface DsseContent {
  payloadType: string;
  payload: Buffer;
  /** SHA-256 of the public key (SPKI DER) that signed, in hex. */
  keyId: string;
}

/** The reason that an envelope does not verify, as a text for the user of `sallyport verify`. */
export class DsseInvalid extends Error {
  override readonly name: string = 'DsseInvalid';
}

/** The envelope names a key that was not given. */
export class DsseKeyUnknown extends DsseInvalid {
  override readonly name = 'DsseKeyUnknown';
  constructor(
    readonly keyId: string,
    given: string,
  ) {
    super(`It was signed with key ${keyId}, not with the given ${given}`);
  }
}

/** Signs envelopes with one Ed25519 key, which is read once. */
export class DsseSigner {
  private readonly key: KeyObject;
  private readonly keyId: string;

  /** `privateKeyPem` is PKCS#8. */
  constructor(privateKeyPem: string) {
    this.key = createPrivateKey(privateKeyPem);
    this.keyId = keyIdOf(createPublicKey(this.key));
  }

  /** Returns the canonical JSON form of the envelope (DSSE v1), which ends with a line feed. */
  sign(payloadType: string, payload: Buffer): Buffer {
    return encode(payloadType, payload, this.keyId, sign(null, preAuthEncoding(payloadType, payload), this.key));
  }
}

/** Signs one envelope as {@link DsseSigner} does. */
export const signDsse = (payloadType: string, payload: Buffer, privateKeyPem: string): Buffer =>
  new DsseSigner(privateKeyPem).sign(payloadType, payload);

/**
 * Verifies an envelope against one of the public keys (SPKI PEM each): the key that the envelope names. Only the canonical form passes, so
 * that every byte of the file counts: white space, field order and loose base64 are refused as well. Throws DsseInvalid.
 */
export function verifyDsse(envelope: Buffer, publicKeyPems: string | readonly string[]): DsseContent {
  const publicKeys = [publicKeyPems].flat().map((pem) => createPublicKey(pem));
  const { payloadType, payload, keyId, signature } = decode(envelope);
  const publicKey = publicKeys.find((key) => keyIdOf(key) === keyId);
  if (!publicKey) throw new DsseKeyUnknown(keyId, describeKeys(publicKeys));
  if (!verify(null, preAuthEncoding(payloadType, payload), publicKey, signature))
    throw new DsseInvalid('The signature does not match: the content or the signature was changed');
  if (!encode(payloadType, payload, keyId, signature).equals(envelope))
    throw new DsseInvalid('The envelope is not in its canonical form: it was changed after signing');
  return { payloadType, payload, keyId };
}

/** Returns the id of an Ed25519 public key. */
export const keyIdOf = (publicKey: KeyObject): string =>
  createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');

const describeKeys = (keys: readonly KeyObject[]): string => `key${keys.length === 1 ? '' : 's'} ${keys.map(keyIdOf).join(', ')}`;

/** Returns DSSE's pre-authentication encoding: lengths stand before type and payload, so that neither can pass for the other. */
function preAuthEncoding(payloadType: string, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `), payload]);
}

function encode(payloadType: string, payload: Buffer, keyId: string, signature: Buffer): Buffer {
  const envelope = { payloadType, payload: payload.toString('base64'), signatures: [{ keyid: keyId, sig: signature.toString('base64') }] };
  return Buffer.from(`${JSON.stringify(envelope)}\n`);
}

function decode(bytes: Buffer): { payloadType: string; payload: Buffer; keyId: string; signature: Buffer } {
  const envelope = parse(bytes);
  const first = envelope.signatures?.[0];
  if (
    typeof envelope.payloadType !== 'string' ||
    typeof envelope.payload !== 'string' ||
    typeof first?.keyid !== 'string' ||
    typeof first.sig !== 'string'
  ) {
    throw new DsseInvalid('It is not a DSSE envelope with one signature');
  }
  return {
    payloadType: envelope.payloadType,
    payload: Buffer.from(envelope.payload, 'base64'),
    keyId: first.keyid,
    signature: Buffer.from(first.sig, 'base64'),
  };
}

interface LooseEnvelope {
  payloadType?: unknown;
  payload?: unknown;
  signatures?: { keyid?: unknown; sig?: unknown }[];
}

function parse(bytes: Buffer): LooseEnvelope {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Falls through: a text that does not parse is not an envelope.
  }
  throw new DsseInvalid('It is not a DSSE envelope: not JSON');
}
