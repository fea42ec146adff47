import { createCipheriv, createDecipheriv, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { AppError } from '@sallyport/errors';

/** Key-encryption keys: 32 bytes each in base64, by id. New records are sealed with the active key; the others still open theirs. */
export interface SealingKeys {
  readonly active: string;
  readonly keys: Readonly<Record<string, string>>;
}

/** Seals and opens secrets at rest. */
export interface Sealer {
  /** Seals a secret. `aad` names the place of the record (e.g. `account:<id>`): a sealed text that is copied elsewhere does not open. */
  seal(plaintext: Buffer, aad: string): string;
  /** Opens a sealed secret. Throws SealBroken if it was changed, moved, or sealed with an unknown key. */
  open(sealed: string, aad: string): Buffer;
  /** Seals the same secret anew with the active key. It decrypts the data key only, not the data. */
  rewrap(sealed: string, aad: string): string;
  /** Returns true if a key other than the active one sealed it. */
  needsRewrap(sealed: string): boolean;
}

/** A sealed secret does not open. The message names the reason and quotes nothing of the secret. */
export class SealBroken extends AppError {
  readonly code = 'SEAL_BROKEN';
  readonly kind = 'bug';
}

const VERSION = 'v1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Creates a sealer with envelope encryption: each record has its own random data key (AES-256-GCM), which is wrapped by the key-encryption
 * key that the record names. Form: `v1.<key id>.<wrapped data key>.<sealed data>`, the last two in base64url as nonce ‖ ciphertext ‖ tag.
 */
export function createSealer(sealing: SealingKeys): Sealer {
  const keys = new Map(Object.entries(sealing.keys).map(([id, text]) => [id, importKey(id, text)] as const));
  if (!keys.has(sealing.active))
    throw new Error(`The active sealing key "${sealing.active}" is not among the keys: ${[...keys.keys()].join(', ') || 'none'}`);
  const keyOf = (id: string): KeyObject => {
    const key = keys.get(id);
    if (!key) throw new SealBroken(`A secret is sealed with key "${id}", which is not among the sealing keys`, { key: id });
    return key;
  };
  return {
    seal(plaintext, aad) {
      const dataKey = randomBytes(32);
      const wrapped = encrypt(keyOf(sealing.active), dataKey, `${sealing.active}|${aad}`);
      return [VERSION, sealing.active, wrapped, encrypt(createSecretKey(dataKey), plaintext, aad)].join('.');
    },
    open(sealed, aad) {
      const { id, wrapped, data } = parse(sealed);
      const dataKey = createSecretKey(decrypt(keyOf(id), wrapped, `${id}|${aad}`));
      return decrypt(dataKey, data, aad);
    },
    rewrap(sealed, aad) {
      const { id, wrapped, data } = parse(sealed);
      const dataKey = decrypt(keyOf(id), wrapped, `${id}|${aad}`);
      return [VERSION, sealing.active, encrypt(keyOf(sealing.active), dataKey, `${sealing.active}|${aad}`), data].join('.');
    },
    needsRewrap: (sealed) => parse(sealed).id !== sealing.active,
  };
}

function importKey(id: string, text: string): KeyObject {
  const raw = Buffer.from(text, 'base64');
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(id)) throw new Error(`Sealing key id "${id}": use letters, digits, "-" and "_"`);
  if (raw.length !== 32) throw new Error(`Sealing key "${id}" has ${raw.length} bytes, not 32`);
  return createSecretKey(raw);
}

function parse(sealed: string): { id: string; wrapped: string; data: string } {
  const [version, id, wrapped, data, ...rest] = sealed.split('.');
  if (version !== VERSION || !id || !wrapped || !data || rest.length > 0) throw new SealBroken('A sealed secret is not of a known form');
  return { id, wrapped, data };
}

function encrypt(key: KeyObject, plaintext: Buffer, aad: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(aad));
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

function decrypt(key: KeyObject, text: string, aad: string): Buffer {
  const sealed = Buffer.from(text, 'base64url');
  // The last character has unused bits, and the decoder skips what is not base64. One secret has one text.
  if (sealed.toString('base64url') !== text) throw new SealBroken('A sealed secret is not in the one form it is written in');
  if (sealed.length < NONCE_BYTES + TAG_BYTES) throw new SealBroken('A sealed secret is too short');
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES)).setAAD(Buffer.from(aad));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch (error) {
    throw new SealBroken('A sealed secret was changed, moved to another record, or sealed with another key', {}, { cause: error });
  }
}
