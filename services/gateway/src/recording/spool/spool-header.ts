import { decodeSessionMeta, encodePayload, FrameKind, type SessionMeta } from '@sallyport/recording-format';

/** First bytes of a spool file: what it is, and its version. */
const MAGIC = Buffer.from('SPSPOOL1');

/** What a spool file begins with: magic, length of the metadata (u32, big-endian), the metadata. Frames follow, put end to end. */
export function encodeSpoolHeader(meta: SessionMeta): Buffer {
  const json = Buffer.from(encodePayload(FrameKind.session, meta));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(json.length);
  return Buffer.concat([MAGIC, length, json]);
}

/** The metadata and where frames begin; undefined when the file's beginning was not written in full. */
export function decodeSpoolHeader(bytes: Buffer): { meta: SessionMeta; end: number } | undefined {
  const start = MAGIC.length + 4;
  if (bytes.length < start || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const end = start + bytes.readUInt32BE(MAGIC.length);
  if (bytes.length < end) return undefined;
  return { meta: decodeSessionMeta(bytes.subarray(start, end)), end };
}
