import { PayloadInvalid } from '../format.errors.js';
import { FrameKind, frameKindName } from '../frame/frame-kind.js';
import {
  type ChannelClose,
  channelCloseShape,
  type ChannelOpen,
  channelOpenShape,
  type EndFact,
  endShape,
  type Resize,
  resizeShape,
} from './channel-facts.js';
import { type CommandFact, commandFactShape, type FileFact, fileFactShape, type GapFact, gapFactShape } from './facts.js';
import { type SessionMeta, sessionMetaShape } from './session-meta.js';
import { type Shape, ShapeError } from './shape.js';

/** Payload type of each JSON kind. The other kinds carry raw bytes. */
export interface JsonPayloads {
  [FrameKind.session]: SessionMeta;
  [FrameKind.channelOpen]: ChannelOpen;
  [FrameKind.resize]: Resize;
  [FrameKind.command]: CommandFact;
  [FrameKind.file]: FileFact;
  [FrameKind.gap]: GapFact;
  [FrameKind.channelClose]: ChannelClose;
  [FrameKind.end]: EndFact;
}

export type JsonFrameKind = keyof JsonPayloads;

const SHAPES: { [K in JsonFrameKind]: Shape<JsonPayloads[K]> } = {
  [FrameKind.session]: sessionMetaShape,
  [FrameKind.channelOpen]: channelOpenShape,
  [FrameKind.resize]: resizeShape,
  [FrameKind.command]: commandFactShape,
  [FrameKind.file]: fileFactShape,
  [FrameKind.gap]: gapFactShape,
  [FrameKind.channelClose]: channelCloseShape,
  [FrameKind.end]: endShape,
};

/** Returns true if the kind's payload is JSON. */
export const isJsonKind = (kind: FrameKind): kind is JsonFrameKind => kind in SHAPES;

/** Encodes the payload of a JSON frame. Throws PayloadInvalid if the value is not of the kind's type. */
export function encodePayload<K extends JsonFrameKind>(kind: K, value: JsonPayloads[K]): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(check(kind, value)));
}

/** Decodes and checks the payload of a JSON frame. Throws PayloadInvalid if it is not UTF-8, not JSON or lacks a field. */
export function decodePayload<K extends JsonFrameKind>(kind: K, payload: Uint8Array): JsonPayloads[K] {
  return check(kind, parseJson(frameKindName(kind), payload));
}

/** Decodes the session's metadata from bytes that are not in a frame (as in OpenRecording on the wire). */
export const decodeSessionMeta = (bytes: Uint8Array): SessionMeta => decodePayload(FrameKind.session, bytes);

function check<K extends JsonFrameKind>(kind: K, value: unknown): JsonPayloads[K] {
  try {
    return SHAPES[kind](value, '');
  } catch (error) {
    if (error instanceof ShapeError) throw new PayloadInvalid(frameKindName(kind), error.message);
    throw error;
  }
}

function parseJson(what: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new PayloadInvalid(what, 'it is not JSON in UTF-8');
  }
}
