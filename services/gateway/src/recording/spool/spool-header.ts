import { decodeSessionMeta, encodePayload, FrameKind, type SessionMeta } from '@sallyport/recording-format';

/** First bytes of a spool file: its type and version. */
const MAGIC = Buffer.from('SPSPOOL1');

/** Encodes the header: magic, length of the metadata (u32, big-endian), the metadata. Concatenated frames follow. */
export function encodeSpoolHeader(meta: SessionMeta): Buffer {
  const json = Buffer.from(encodePayload(FrameKind.session, meta));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(json.length);
  return Buffer.concat([MAGIC, length, json]);
}

/** Returns the metadata and the position of the first frame; undefined if the header is incomplete. */
export function decodeSpoolHeader(bytes: Buffer): { meta: SessionMeta; end: number } | undefined {
  const start = MAGIC.length + 4;
  if (bytes.length < start || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const end = start + bytes.readUInt32BE(MAGIC.length);
  if (bytes.length < end) return undefined;
  return { meta: decodeSessionMeta(bytes.subarray(start, end)), end };
}
