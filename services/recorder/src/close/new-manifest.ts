import { FrameKind, type Manifest, MANIFEST_VERSION, type ManifestPart, type RecordedChannel } from '@sallyport/recording-format';
import type { StoredManifest } from '../recording/manifest-file.js';

/** Facts of a recording that its manifest states. */
export interface RecordingFacts {
  readonly sessionId: string;
  /** At least one. */
  readonly parts: readonly ManifestPart[];
  readonly channels: readonly RecordedChannel[];
  /** Latest time of a frame. */
  readonly lastUs: number;
  /** Kind of the last frame. */
  readonly lastKind: FrameKind | undefined;
}

/** Returns the manifest of a recording, the next generation of `newest`. */
export function newManifest(facts: RecordingFacts, closedAt: number, newest?: StoredManifest): Manifest {
  const { sessionId, channels, lastUs, lastKind } = facts;
  const parts = [...facts.parts];
  return {
    version: MANIFEST_VERSION,
    session_id: sessionId,
    generation: (newest?.manifest.generation ?? 0) + 1,
    previous: newest?.sha256 ?? null,
    // Its last frame states this itself, whichever recorder closes it: see FORMAT.md.
    state: lastKind === FrameKind.end ? 'closed' : 'lost',
    closed_at: new Date(closedAt).toISOString(),
    last_seq: parts.at(-1)!.last_seq,
    size_bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
    duration_us: lastUs,
    channels: [...channels],
    parts,
  };
}
