import { DsseInvalid, signDsse, verifyDsse } from './dsse.js';

/** Payload type of the envelope that ends a list of sessions. */
const LIST_END_TYPE = 'application/vnd.sallyport.session-list-end+json';
const VERSION = 1;
const HEX_HASH = /^[0-9a-f]{64}$/;

/** A statement of core about a list of its sessions: it has these lines and no others. */
export interface SessionListEnd {
  /** Organization whose sessions are listed. */
  readonly orgId: string;
  /** Number of the lines before. */
  readonly sessions: number;
  /** SHA-256 over the lines before, each with its line feed, hex. */
  readonly sha256: string;
  /** Time at which the listing began, RFC 3339 in UTC: the list has every session that core knew then. */
  readonly time: string;
  /** Anchor of the audit chain that was the newest then; null before the first. */
  readonly anchor: { readonly number: number; readonly seq: string; readonly hash: string } | null;
}

/** Returns the last line of a list, with its line feed: a DSSE envelope, signed with the key of the audit chain (PKCS#8 PEM). */
export const signSessionListEnd = (end: SessionListEnd, privateKeyPem: string): Buffer =>
  signDsse(LIST_END_TYPE, Buffer.from(payloadOf(end)), privateKeyPem);

/** Returns true if a line is meant to be the end of a list, whatever it states. */
export const isSessionListEnd = (line: unknown): boolean => typeof line === 'object' && line !== null && 'payloadType' in line;

/** Verifies the last line of a list against public keys (SPKI PEM). Throws DsseInvalid or its subclass DsseKeyUnknown. */
export function readSessionListEnd(line: Buffer, publicKeys: readonly string[]): SessionListEnd & { readonly keyId: string } {
  const { payloadType, payload, keyId } = verifyDsse(line, publicKeys);
  const end = payloadType === LIST_END_TYPE ? parse(payload.toString('utf8')) : undefined;
  if (!end) throw new DsseInvalid(`It is signed, but it is not the end of a list of sessions in version ${VERSION}`);
  return { ...end, keyId };
}

/** Returns the payload: one JSON text per statement, so that its bytes can be compared. */
const payloadOf = ({ orgId, sessions, sha256, time, anchor }: SessionListEnd): string =>
  JSON.stringify({
    ...{ version: VERSION, org_id: orgId, sessions, sha256, time },
    anchor: anchor && { number: anchor.number, seq: anchor.seq, hash: anchor.hash },
  });

function parse(text: string): SessionListEnd | undefined {
  try {
    const { org_id: orgId, sessions, sha256, time, anchor } = JSON.parse(text) as Record<string, unknown>;
    if (typeof orgId !== 'string' || typeof time !== 'string' || typeof sha256 !== 'string' || !HEX_HASH.test(sha256)) return undefined;
    if (typeof sessions !== 'number' || !Number.isSafeInteger(sessions) || sessions < 0 || typeof anchor !== 'object') return undefined;
    const end = { orgId, sessions, sha256, time, anchor: anchor as SessionListEnd['anchor'] };
    return payloadOf(end) === text ? end : undefined;
  } catch {
    return undefined;
  }
}
