import { listAll, type ObjectStore } from '@sallyport/object-store';
import { isSessionId, type Manifest, parseExtentName, recordingFolder } from '@sallyport/recording-format';
import type { ManifestFile, StoredManifest } from './manifest-file.js';
import { type Piece, planExtents } from './plan-extents.js';
import { RecordingDamaged, SessionIdInvalid } from './recording.errors.js';

/** The stored objects of one session, from a listing. */
export interface StoredRecording {
  readonly sessionId: string;
  /** The last manifest that was written. */
  readonly newest: StoredManifest | undefined;
  /** The same, unless a part that it names is missing. */
  readonly closed: StoredManifest | undefined;
  /** Every segment and part. */
  readonly all: readonly Piece[];
  /** Pieces to read, in order, to see every frame: first the manifest's parts, then what came later. */
  readonly pieces: readonly Piece[];
  /** Last frame without a hole before it; 0 for none. */
  readonly lastSeq: bigint;
}

/** Looks up the stored objects of a session. `without` names objects that are known to be damaged. */
export async function loadRecording(
  store: ObjectStore,
  manifests: ManifestFile,
  sessionId: string,
  without: ReadonlySet<string> = new Set(),
): Promise<StoredRecording> {
  if (!isSessionId(sessionId)) throw new SessionIdInvalid(sessionId);
  // The manifest first: the objects that it names exist already then, and stay.
  const manifest = await manifests.read(sessionId);
  const all = await listPieces(store, sessionId, without);
  const parts = manifest && partsOf(manifest.manifest, all);
  if (manifest?.manifest.state === 'closed') return closedRecording(sessionId, manifest, parts, all);
  const later = planExtents(all, parts === undefined ? 1n : BigInt(manifest!.manifest.last_seq) + 1n);
  return {
    sessionId,
    newest: manifest,
    closed: parts === undefined ? undefined : manifest,
    all,
    pieces: [...(parts ?? []), ...later.pieces],
    lastSeq: later.lastSeq,
  };
}

/**
 * Returns a recording that its gateway closed. It never changes again: what lies beside its parts is not read, and a missing part is not
 * replaced. Throws RecordingDamaged for a missing part.
 */
function closedRecording(sessionId: string, manifest: StoredManifest, parts: Piece[] | undefined, all: readonly Piece[]): StoredRecording {
  if (parts === undefined) {
    const stored = new Set(all.map(({ name }) => name));
    const missing = manifest.manifest.parts.find(({ name }) => !stored.has(name));
    throw new RecordingDamaged(missing!.name, sessionId, 'the manifest names it, and it is missing');
  }
  return { sessionId, newest: manifest, closed: manifest, all, pieces: parts, lastSeq: BigInt(manifest.manifest.last_seq) };
}

/** Returns true if the manifest covers every stored frame. */
export const isComplete = (recording: StoredRecording): boolean =>
  recording.closed !== undefined && BigInt(recording.closed.manifest.last_seq) === recording.lastSeq;

/** Returns true if the gateway closed the recording: it never changes again. */
export const isFinal = (recording: StoredRecording): boolean => recording.closed?.manifest.state === 'closed';

async function listPieces(store: ObjectStore, sessionId: string, without: ReadonlySet<string>): Promise<Piece[]> {
  const folder = recordingFolder(sessionId);
  const pieces: Piece[] = [];
  for await (const { key, bytes, modifiedAt } of listAll(store, folder)) {
    const name = key.slice(folder.length);
    const extent = parseExtentName(name);
    if (extent !== undefined && !without.has(name)) pieces.push({ ...extent, name, bytes, modifiedAt });
  }
  return pieces;
}

/**
 * Returns the manifest's parts as pieces. Returns undefined if one is missing: then the manifest proves nothing and the listing alone finds
 * the frames.
 */
function partsOf(manifest: Manifest, all: readonly Piece[]): Piece[] | undefined {
  const byName = new Map(all.map((piece) => [piece.name, piece]));
  const parts = manifest.parts.flatMap((signed) => {
    const piece = byName.get(signed.name);
    return piece === undefined ? [] : [{ ...piece, signed }];
  });
  return parts.length === manifest.parts.length ? parts : undefined;
}
