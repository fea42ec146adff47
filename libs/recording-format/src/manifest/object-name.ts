import { MAX_SEQ } from '../frame/frame.js';

/** Folder of all recordings in a store. */
export const RECORDINGS_PREFIX = 'sessions/';
/** The current manifest, within a recording's folder. */
export const MANIFEST_NAME = 'manifest.json';

/** A session id is a name in a store, so it must not contain anything that could leave its folder. */
const SESSION_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;
const EXTENT = /^(seg|part)-(\d{20})-(\d{20})-([0-9a-f]{16})\.spr$/;
const SUPERSEDED = /^manifest-(\d{6})-([0-9a-f]{16})\.json$/;

/** A stored run of frames, as its name states: a listing alone is enough to know every position. */
export interface Extent {
  /** "seg" while the session runs, "part" after close. */
  readonly kind: 'seg' | 'part';
  readonly firstSeq: bigint;
  readonly lastSeq: bigint;
  /** First 16 hex digits of the content's SHA-256: equal names are equal bytes, so no writer can overwrite another's frames. */
  readonly digest: string;
}

/** Returns true if a text can be a session id. */
export const isSessionId = (id: string): boolean => SESSION_ID.test(id);

/** Returns "sessions/<id>/". */
export const recordingFolder = (sessionId: string): string => `${RECORDINGS_PREFIX}${sessionId}/`;

/** Returns the name of a segment or part: kind, first and last frame in 20 digits, digest. */
export const extentName = ({ kind, firstSeq, lastSeq, digest }: Extent): string =>
  `${kind}-${String(firstSeq).padStart(20, '0')}-${String(lastSeq).padStart(20, '0')}-${digest}.spr`;

/** Reads the extent from its name. Returns undefined for another name. */
export function parseExtentName(name: string): Extent | undefined {
  const found = EXTENT.exec(name);
  if (found === null) return undefined;
  const firstSeq = BigInt(found[2]!);
  const lastSeq = BigInt(found[3]!);
  if (firstSeq < 1n || lastSeq < firstSeq || lastSeq > MAX_SEQ) return undefined;
  return { kind: found[1] as Extent['kind'], firstSeq, lastSeq, digest: found[4]! };
}

/** Returns the name of a manifest that another one has superseded. */
export const supersededManifestName = (generation: number, sha256: string): string =>
  `manifest-${String(generation).padStart(6, '0')}-${sha256.slice(0, 16)}.json`;

/** Returns true if a name is that of a superseded manifest. */
export const isSupersededManifestName = (name: string): boolean => SUPERSEDED.test(name);
