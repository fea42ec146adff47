import type { ObjectStore } from '@sallyport/object-store';
import type { ManifestFile, StoredManifest } from '../recording/manifest-file.js';
import { RecordingNotClosed, RecordingNotFound } from '../recording/recording.errors.js';
import { loadRecording, type StoredRecording } from '../recording/stored-recording.js';

/** What playback works with. */
export interface PlaybackParts {
  readonly store: ObjectStore;
  readonly manifests: ManifestFile;
}

/** What is stored of a session, running or closed. RecordingNotFound when it is nothing. */
export async function findRecording({ store, manifests }: PlaybackParts, sessionId: string): Promise<StoredRecording> {
  const recording = await loadRecording(store, manifests, sessionId);
  if (recording.lastSeq === 0n) throw new RecordingNotFound(sessionId);
  return recording;
}

/** The manifest of a closed recording. RecordingNotClosed while there is none. */
export async function findClosed(parts: PlaybackParts, sessionId: string): Promise<StoredManifest> {
  const recording = await findRecording(parts, sessionId);
  if (recording.closed === undefined) throw new RecordingNotClosed(sessionId);
  return recording.closed;
}
