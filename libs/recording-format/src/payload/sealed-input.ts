import { PayloadInvalid } from '../format.errors.js';

/** Purposes of sealed frames: what their plaintext is. The numbers are on disk: never renamed, never reused. */
export const SealedPurpose = {
  /** Bytes of a channel without a terminal, as an input frame has them. */
  input: 1,
  /** A line that was typed without echo: see encodeTypedLine. */
  typed: 2,
  /** Bytes of a channel without a terminal that may be a password. */
  secret: 3,
  /** The payload of a fileContent frame. */
  fileContent: 4,
} as const;

export type SealedPurpose = (typeof SealedPurpose)[keyof typeof SealedPurpose];

/** Most bytes of plaintext in one sealed frame. */
export const SEALED_CONTENT_BYTES = 64 * 1024;

/** The part of a sealed frame that is authenticated and not encrypted. */
export interface SealedHead {
  readonly purpose: SealedPurpose;
  /** Number of the message in its HPKE context, from 0. */
  readonly number: number;
  /** SHA-256 of the auditors' public key (SPKI DER), 32 bytes. */
  readonly keyId: Uint8Array;
}

/** The payload of a sealed frame. */
export interface SealedInput extends SealedHead {
  /** Encapsulated key of the HPKE context, 32 bytes. */
  readonly enc: Uint8Array;
  readonly ciphertext: Uint8Array;
}

const VERSION = 1;
const KEY_ID_AT = 10;
const ENC_AT = KEY_ID_AT + 32;
const CIPHERTEXT_AT = ENC_AT + 32;
const PURPOSES = new Set<number>(Object.values(SealedPurpose));

/** Returns the `info` of the HPKE context. It binds sealed frames to their recording and channel. */
export const sealedInputInfo = (sessionId: string, channel: number): Uint8Array =>
  new TextEncoder().encode(`sallyport sealed input v1\n${sessionId}\n${channel}\n`);

/** Returns the bytes that are authenticated with a message: its version, purpose, number and key. */
export function sealedHead({ purpose, number, keyId }: SealedHead): Uint8Array<ArrayBuffer> {
  const head = new Uint8Array(ENC_AT);
  head[0] = VERSION;
  head[1] = purpose;
  new DataView(head.buffer).setBigUint64(2, BigInt(number));
  head.set(keyId, KEY_ID_AT);
  return head;
}

/** Encodes the payload of a sealed frame. */
export function encodeSealedInput(sealed: SealedInput): Uint8Array<ArrayBuffer> {
  const payload = new Uint8Array(CIPHERTEXT_AT + sealed.ciphertext.length);
  payload.set(sealedHead(sealed));
  payload.set(sealed.enc, ENC_AT);
  payload.set(sealed.ciphertext, CIPHERTEXT_AT);
  return payload;
}

/** Decodes the payload of a sealed frame. Throws PayloadInvalid. */
export function decodeSealedInput(payload: Uint8Array): SealedInput {
  if (payload.length < CIPHERTEXT_AT) throw new PayloadInvalid('sealed', 'it is too short');
  const [version, purpose] = payload;
  const number = Number(new DataView(payload.buffer, payload.byteOffset).getBigUint64(2));
  if (version !== VERSION) throw new PayloadInvalid('sealed', `it is of version ${version}, which this program does not know`);
  if (!PURPOSES.has(purpose!) || !Number.isSafeInteger(number)) throw new PayloadInvalid('sealed', `its purpose or number is not known`);
  return {
    purpose: purpose as SealedPurpose,
    number,
    keyId: payload.subarray(KEY_ID_AT, ENC_AT),
    enc: payload.subarray(ENC_AT, CIPHERTEXT_AT),
    ciphertext: payload.subarray(CIPHERTEXT_AT),
  };
}

/** A line that was typed without echo. */
export interface TypedLine {
  /** Time of Enter, microseconds since the session began. */
  readonly timeUs: number;
  /** Keys of the line, without Enter. */
  readonly keys: Uint8Array;
}

/** Encodes the plaintext of purpose `typed`: the time, the keys. */
export function encodeTypedLine({ timeUs, keys }: TypedLine): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8 + keys.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(timeUs));
  bytes.set(keys, 8);
  return bytes;
}

/** Decodes the plaintext of purpose `typed`. Throws PayloadInvalid. */
export function decodeTypedLine(bytes: Uint8Array): TypedLine {
  if (bytes.length < 8) throw new PayloadInvalid('typed line', 'it is too short');
  return { timeUs: Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0)), keys: bytes.subarray(8) };
}
