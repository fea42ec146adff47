import type { RecordedChannel } from '../asciicast/channel-list.js';
import { ManifestInvalid } from '../format.errors.js';
import { flag, instant, list, object, oneOf, orNull, sha256Hex, ShapeError, text, whole } from '../payload/shape.js';
import { canonicalJson } from './canonical-json.js';

/** DSSE payload type of a manifest. */
export const MANIFEST_PAYLOAD_TYPE = 'application/vnd.sallyport.manifest.v1+json';
/** Version of the manifests that are written. Version 1 is read without end. */
export const MANIFEST_VERSION = 2;

/** One stored part: a run of whole frames. */
export interface ManifestPart {
  /** Name within the recording's folder and in the bundle. */
  readonly name: string;
  readonly first_seq: number;
  readonly last_seq: number;
  readonly first_us: number;
  readonly last_us: number;
  readonly bytes: number;
  readonly sha256: string;
  /** Link of the part's last frame. In version 1: SHA-256 of the chain value before and this part's SHA-256 (see chain.ts). */
  readonly chain: string;
}

/** The signed content of a closed recording. */
export interface Manifest {
  readonly version: 1 | 2;
  readonly session_id: string;
  /** 1 for the first; one more for each that supersedes it because frames came in after a loss. */
  readonly generation: number;
  /** SHA-256 of the superseded manifest.json; null in generation 1. */
  readonly previous: string | null;
  /**
   * "closed": the last frame is the session's `end`. "lost": it is another, because the gateway died; the frames that it had not sent are
   * missing.
   */
  readonly state: 'closed' | 'lost';
  readonly closed_at: string;
  readonly last_seq: number;
  readonly size_bytes: number;
  readonly duration_us: number;
  readonly channels: readonly RecordedChannel[];
  readonly parts: readonly ManifestPart[];
}

const shape = object({
  version: whole(1, MANIFEST_VERSION),
  session_id: text(128, 1),
  generation: whole(1),
  previous: orNull(sha256Hex),
  state: oneOf('closed', 'lost'),
  closed_at: instant,
  last_seq: whole(1),
  size_bytes: whole(1),
  duration_us: whole(),
  channels: list(object({ channel: whole(), kind: text(64), command: text(4096), opened_us: whole(), has_terminal: flag })),
  parts: list(
    object({
      name: text(256, 1),
      first_seq: whole(1),
      last_seq: whole(1),
      first_us: whole(),
      last_us: whole(),
      bytes: whole(1),
      sha256: sha256Hex,
      chain: sha256Hex,
    }),
  ),
});

/** Returns the bytes that are signed: canonical JSON. Throws ManifestInvalid if the manifest contradicts itself. */
export function encodeManifest(manifest: Manifest): Uint8Array {
  return new TextEncoder().encode(canonicalJson(checked(manifest) as never));
}

/** Reads a manifest from signed bytes. Throws ManifestInvalid if they are not its canonical text or contradict themselves. */
export function decodeManifest(bytes: Uint8Array): Manifest {
  const json = decodeText(bytes);
  const manifest = checked(parse(json));
  if (canonicalJson(manifest as never) !== json) throw new ManifestInvalid('it is not written as canonical JSON');
  return manifest;
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new ManifestInvalid('it is not UTF-8');
  }
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new ManifestInvalid('it is not JSON');
  }
}

function checked(value: unknown): Manifest {
  try {
    const manifest = shape(value, '') as Manifest;
    checkParts(manifest);
    return manifest;
  } catch (error) {
    if (error instanceof ShapeError) throw new ManifestInvalid(error.message);
    throw error;
  }
}

/** Returns the link of the recording's last frame, hex; undefined for version 1, which has none. */
export const lastLink = ({ version, parts }: Manifest): string | undefined => (version === 1 ? undefined : parts.at(-1)?.chain);

/** Checks that the parts follow each other from frame 1 to the last, and that the sums are right. */
function checkParts({ parts, last_seq, size_bytes }: Manifest): void {
  let next = 1;
  let bytes = 0;
  for (const part of parts) {
    if (part.first_seq !== next || part.last_seq < part.first_seq) {
      throw new ManifestInvalid(`part "${part.name}" begins at frame ${part.first_seq}, not at frame ${next}`);
    }
    next = part.last_seq + 1;
    bytes += part.bytes;
  }
  if (next - 1 !== last_seq) throw new ManifestInvalid(`its parts end at frame ${next - 1}, not at frame ${last_seq}`);
  if (bytes !== size_bytes) throw new ManifestInvalid(`its parts have ${bytes} bytes, not ${size_bytes}`);
}
