import { PayloadInvalid } from '../format.errors.js';
import { hex } from '../hex.js';

/** A piece of the content of a file. */
export interface FileContent {
  /** Id of the file's fact, a UUID. */
  readonly id: string;
  /** Place of the first byte in the file. */
  readonly offset: number;
  readonly data: Uint8Array;
}

const ID_BYTES = 16;
const HEAD_BYTES = ID_BYTES + 8;

/** Encodes the payload of a fileContent frame: the id, the offset, the bytes. */
export function encodeFileContent({ id, offset, data }: FileContent): Uint8Array<ArrayBuffer> {
  const payload = new Uint8Array(HEAD_BYTES + data.length);
  const digits = id.replaceAll('-', '');
  for (let at = 0; at < ID_BYTES; at += 1) payload[at] = Number.parseInt(digits.slice(at * 2, at * 2 + 2), 16);
  new DataView(payload.buffer).setBigUint64(ID_BYTES, BigInt(offset));
  payload.set(data, HEAD_BYTES);
  return payload;
}

/** Decodes the payload of a fileContent frame. Throws PayloadInvalid. */
export function decodeFileContent(payload: Uint8Array): FileContent {
  if (payload.length < HEAD_BYTES) throw new PayloadInvalid('fileContent', 'it is too short');
  const digits = hex(payload.subarray(0, ID_BYTES));
  const offset = Number(new DataView(payload.buffer, payload.byteOffset).getBigUint64(ID_BYTES));
  if (!Number.isSafeInteger(offset)) throw new PayloadInvalid('fileContent', 'its offset is too large');
  return { id: digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'), offset, data: payload.subarray(HEAD_BYTES) };
}
