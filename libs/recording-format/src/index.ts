export { BundleInvalid, FrameCorrupt, FrameHole, FrameTooLarge, FrameTruncated, ManifestInvalid, PayloadInvalid } from './format.errors.js';
export { crc32 } from './frame/crc32.js';
export { decodeFrame, decodeHeader } from './frame/decode-frame.js';
export { plainBytesOf } from './frame/compressed-frame.js';
export { compressPayload } from './frame/compressed-payload.js';
export { encodeCompressedInto, encodeFrame, encodeFrameInto, frameInPlace } from './frame/encode-frame.js';
export {
  FORMAT_VERSION,
  type Frame,
  FRAME_HEADER_BYTES,
  FRAME_OVERHEAD_BYTES,
  type FrameHeader,
  MAX_FRAME_BYTES,
  MAX_PAYLOAD_BYTES,
  MAX_SEQ,
} from './frame/frame.js';
export { decodeFrames, FrameDecoder } from './frame/frame-decoder.js';
export { FrameKind, frameKindName, isCommandKind, isFrameKind, isRawKind, isStreamKind } from './frame/frame-kind.js';
export {
  MAX_TERM,
  VARIABLE_LIMITS,
  type ChannelClose,
  type ChannelOpen,
  type EndFact,
  type Resize,
  type Variable,
} from './payload/channel-facts.js';
export type { CommandFact, FileFact, GapFact } from './payload/facts.js';
export {
  decodePayload,
  decodeSessionMeta,
  encodePayload,
  isJsonKind,
  type JsonFrameKind,
  type JsonPayloads,
} from './payload/json-payload.js';
export { decodeFileContent, encodeFileContent, type FileContent } from './payload/file-content.js';
export {
  decodeSealedInput,
  decodeTypedLine,
  encodeSealedInput,
  encodeTypedLine,
  SEALED_CONTENT_BYTES,
  sealedHead,
  sealedInputInfo,
  type SealedInput,
  SealedPurpose,
  type TypedLine,
} from './payload/sealed-input.js';
export { commandTextOf, fileText } from './payload/command-text.js';
export type { SessionMeta } from './payload/session-meta.js';
export { type Marker, markerOf } from './asciicast/marker.js';
export { AsciicastWriter } from './asciicast/asciicast-writer.js';
export { channelOpenedBy, channelToPlay, type RecordedChannel } from './asciicast/channel-list.js';
export { readTar, type TarEntry } from './bundle/tar-reader.js';
export { type TarSource, writeTar } from './bundle/tar-writer.js';
export { canonicalJson } from './manifest/canonical-json.js';
export { chainLink, chainSeed, frameChainSeed } from './manifest/chain.js';
export {
  decodeManifest,
  encodeManifest,
  lastLink,
  type Manifest,
  MANIFEST_PAYLOAD_TYPE,
  MANIFEST_VERSION,
  type ManifestPart,
} from './manifest/manifest.js';
export { openSealed, type OpenedSeal, type SealVerifier } from './manifest/open-sealed.js';
export { SEAL_BYTES, sealBody, sealedBytes, type SealedObject, type SegmentSeal, splitSealed } from './manifest/segment-seal.js';
export {
  type Extent,
  extentName,
  isSessionId,
  isSupersededManifestName,
  MANIFEST_NAME,
  parseExtentName,
  recordingFolder,
  RECORDINGS_PREFIX,
  supersededManifestName,
} from './manifest/object-name.js';
