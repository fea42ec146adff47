import { createHash } from 'node:crypto';
import { DsseInvalid, signDsse, verifyDsse } from './dsse.js';

/** Payload type of the envelope of an anchor. */
const ANCHOR_TYPE = 'application/vnd.sallyport.audit-anchor+json';
const VERSION = 1;
const HEX_HASH = /^[0-9a-f]{64}$/;

/** Folder of the anchors in the recordings' store. */
export const ANCHORS_PREFIX = 'audit/anchors/';

/** Most bytes of a signed anchor. */
export const MAX_ANCHOR_BYTES = 4096;

/** A statement that the audit chain had a certain event at a certain time. */
export interface AuditAnchor {
  /** Place among the anchors, from 1. */
  readonly number: number;
  /** Number of the event that was the newest. */
  readonly seq: bigint;
  /** Hash of that event, hex. It covers every event before. */
  readonly hash: string;
  /** Time at which the anchor was made, RFC 3339 in UTC. */
  readonly time: string;
  /** SHA-256 of the envelope of the anchor before, hex; null for the first. */
  readonly previous: string | null;
}

/** A verified anchor. */
export interface SignedAnchor extends AuditAnchor {
  /** SHA-256 of the envelope, hex: the next anchor names it. */
  readonly sha256: string;
  /** Id of the key that signed it. */
  readonly keyId: string;
}

/** Returns the envelope of an anchor: DSSE, signed with an Ed25519 private key (PKCS#8 PEM). */
export const signAnchor = (anchor: AuditAnchor, privateKeyPem: string): Buffer =>
  signDsse(ANCHOR_TYPE, Buffer.from(payloadOf(anchor)), privateKeyPem);

/** Verifies the envelope of an anchor against public keys (SPKI PEM). Throws DsseInvalid or its subclass DsseKeyUnknown. */
export function readAnchor(envelope: Buffer, publicKeys: readonly string[]): SignedAnchor {
  const { payloadType, payload, keyId } = verifyDsse(envelope, publicKeys);
  const anchor = payloadType === ANCHOR_TYPE ? parse(payload.toString('utf8')) : undefined;
  if (!anchor) throw new DsseInvalid(`It is signed, but it is not an anchor of the audit chain in version ${VERSION}`);
  return { ...anchor, sha256: anchorHash(envelope), keyId };
}

/** Returns the SHA-256 of an envelope, hex. */
export const anchorHash = (envelope: Uint8Array): string => createHash('sha256').update(envelope).digest('hex');

/** Returns the name of an anchor's object: the order of the names is that of the numbers. */
export const anchorName = (number: number | bigint, sha256: string): string => `${anchorNumber(number)}-${sha256.slice(0, 16)}.json`;

/** Returns the number of an anchor as its name begins with it: 20 digits. */
export const anchorNumber = (number: number | bigint): string => number.toString().padStart(20, '0');

/** Returns the number that the name of an anchor's object begins with; undefined for another name. */
export function numberInName(name: string): number | undefined {
  const [, digits] = /^(\d{20})-[0-9a-f]{16}\.json$/.exec(name) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** Returns the payload: one JSON text per anchor, so that its bytes can be compared. */
const payloadOf = ({ number, seq, hash, time, previous }: AuditAnchor): string =>
  JSON.stringify({ version: VERSION, number, seq: seq.toString(), hash, time, previous });

function parse(text: string): AuditAnchor | undefined {
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
  const { number, seq, hash, time, previous } = fields;
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 1) return undefined;
  if (typeof seq !== 'string' || !/^\d{1,18}$/.test(seq) || typeof time !== 'string') return undefined;
  if (!isHash(hash) || !(previous === null || isHash(previous))) return undefined;
  const anchor = { number, seq: BigInt(seq), hash, time, previous };
  return payloadOf(anchor) === text ? anchor : undefined;
}

const isHash = (value: unknown): value is string => typeof value === 'string' && HEX_HASH.test(value);
