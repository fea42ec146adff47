import type { ObjectStore } from '@sallyport/object-store';
import type { ManifestFile, StoredManifest } from '../recording/manifest-file.js';
import { RecordingNotClosed, RecordingNotFound } from '../recording/recording.errors.js';
import { loadRecording, type StoredRecording } from '../recording/stored-recording.js';

/** Collaborators of playback. */
export interface PlaybackDeps {
  readonly store: ObjectStore;
  readonly manifests: ManifestFile;
}

/** Returns the stored objects of a session, running or closed. Throws RecordingNotFound if there are none. */
export async function findRecording({ store, manifests }: PlaybackDeps, sessionId: string): Promise<StoredRecording> {
  const recording = await loadRecording(store, manifests, sessionId);
  if (recording.lastSeq === 0n) throw new RecordingNotFound(sessionId);
  return recording;
}

/** Returns the manifest of a closed recording. Throws RecordingNotClosed while there is none. */
export async function findClosed(deps: PlaybackDeps, sessionId: string): Promise<StoredManifest> {
  const recording = await findRecording(deps, sessionId);
  if (recording.closed === undefined) throw new RecordingNotClosed(sessionId);
  return recording.closed;
}
