import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPublicKey,
  createSecretKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';

/** An AEAD of HPKE, RFC 9180 §7.3. */
export interface HpkeAead {
  readonly id: number;
  readonly cipher: 'aes-128-gcm' | 'aes-256-gcm';
  readonly keyBytes: number;
}

const AES_256_GCM: HpkeAead = { id: 2, cipher: 'aes-256-gcm', keyBytes: 32 };
/** Bytes of the authentication tag at the end of a ciphertext. */
const HPKE_TAG_BYTES = 16;

const NONCE_BYTES = 12;
const KEM_SUITE = Buffer.from('KEM\0\x20', 'latin1');
/** SPKI of an X25519 key without its 32 bytes (RFC 8410). */
const SPKI_HEAD = Buffer.from('302a300506032b656e032100', 'hex');
const NONE = Buffer.alloc(0);

interface HpkeSchedule {
  /** A key object costs a quarter of raw bytes at each message. */
  readonly key: KeyObject;
  readonly baseNonce: Buffer;
  readonly aead: HpkeAead;
}

/** Options that only test vectors need. */
export interface HpkeSenderOptions {
  readonly aead?: HpkeAead;
  readonly ephemeral?: { readonly privateKey: KeyObject; readonly publicKey: KeyObject };
}

/**
 * Sends under HPKE (RFC 9180): base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. It is synchronous, as the path of recorded
 * bytes needs it; libraries are not, since they use WebCrypto.
 */
export class HpkeSender {
  /** The encapsulated key, which the receiver needs. */
  readonly enc: Buffer;
  private readonly schedule: HpkeSchedule;
  private next = 0;

  constructor(recipient: KeyObject, info: Uint8Array, { aead = AES_256_GCM, ephemeral }: HpkeSenderOptions = {}) {
    const { privateKey, publicKey } = ephemeral ?? generateKeyPairSync('x25519');
    this.enc = rawPublicKey(publicKey);
    const dh = diffieHellman({ privateKey, publicKey: recipient });
    this.schedule = scheduleOf(sharedSecret(dh, this.enc, rawPublicKey(recipient)), info, aead);
  }

  /** Returns the number that the next message will have. The receiver needs it too. */
  get nextNumber(): number {
    return this.next;
  }

  /** Returns ciphertext and tag. */
  seal(plaintext: Uint8Array, aad: Uint8Array): Buffer {
    const { key, aead } = this.schedule;
    const cipher = createCipheriv(aead.cipher, key, nonceOf(this.schedule, this.next)).setAAD(aad);
    this.next += 1;
    return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  }
}

/** Receives what an HpkeSender sealed. Messages may be missing. */
export class HpkeReceiver {
  private readonly schedule: HpkeSchedule;

  constructor(privateKey: KeyObject, enc: Uint8Array, info: Uint8Array, aead = AES_256_GCM) {
    const publicKey = createPublicKey({ key: Buffer.concat([SPKI_HEAD, enc]), format: 'der', type: 'spki' });
    const dh = diffieHellman({ privateKey, publicKey });
    this.schedule = scheduleOf(sharedSecret(dh, enc, rawPublicKey(createPublicKey(privateKey))), info, aead);
  }

  /** Returns the plaintext of a message; undefined if it was not sealed for this key, info, number and aad. */
  open(number: number, ciphertext: Uint8Array, aad: Uint8Array): Buffer | undefined {
    const at = ciphertext.length - HPKE_TAG_BYTES;
    if (at < 0) return undefined;
    const { key, aead } = this.schedule;
    const decipher = createDecipheriv(aead.cipher, key, nonceOf(this.schedule, number)).setAAD(aad).setAuthTag(ciphertext.subarray(at));
    try {
      return Buffer.concat([decipher.update(ciphertext.subarray(0, at)), decipher.final()]);
    } catch {
      return undefined;
    }
  }
}

/** Returns the 32 bytes of an X25519 public key. */
const rawPublicKey = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'spki' }).subarray(SPKI_HEAD.length);

/** Returns ExtractAndExpand of §4.1. */
function sharedSecret(dh: Buffer, enc: Uint8Array, recipient: Buffer): Buffer {
  const prk = labeledExtract(KEM_SUITE, NONE, 'eae_prk', dh);
  return labeledExpand(KEM_SUITE, prk, 'shared_secret', Buffer.concat([enc, recipient]), 32);
}

/** Returns KeySchedule of §5.1, in base mode. */
function scheduleOf(shared: Buffer, info: Uint8Array, aead: HpkeAead): HpkeSchedule {
  const suite = Buffer.concat([Buffer.from('HPKE\0\x20\0\x01\0', 'latin1'), Buffer.from([aead.id])]);
  const context = Buffer.concat([
    Buffer.from([0]),
    labeledExtract(suite, NONE, 'psk_id_hash', NONE),
    labeledExtract(suite, NONE, 'info_hash', info),
  ]);
  const secret = labeledExtract(suite, shared, 'secret', NONE);
  return {
    key: createSecretKey(labeledExpand(suite, secret, 'key', context, aead.keyBytes)),
    baseNonce: labeledExpand(suite, secret, 'base_nonce', context, NONCE_BYTES),
    aead,
  };
}

/** Returns ComputeNonce of §5.2. */
function nonceOf({ baseNonce }: HpkeSchedule, number: number): Buffer {
  const nonce = Buffer.from(baseNonce);
  nonce.writeBigUInt64BE(nonce.readBigUInt64BE(4) ^ BigInt(number), 4);
  return nonce;
}

const hmac = (key: Uint8Array, ...parts: Uint8Array[]): Buffer => {
  const made = createHmac('sha256', key);
  for (const part of parts) made.update(part);
  return made.digest();
};

/** Returns LabeledExtract of §4. */
const labeledExtract = (suite: Buffer, salt: Uint8Array, label: string, material: Uint8Array): Buffer =>
  hmac(salt, Buffer.from('HPKE-v1'), suite, Buffer.from(label), material);

/** Returns LabeledExpand of §4, at most 32 bytes: one block of HKDF-Expand. */
function labeledExpand(suite: Buffer, prk: Buffer, label: string, info: Uint8Array, length: number): Buffer {
  const block = hmac(prk, Buffer.from([0, length]), Buffer.from('HPKE-v1'), suite, Buffer.from(label), info, Buffer.from([1]));
  return block.subarray(0, length);
}
