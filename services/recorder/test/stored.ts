import { verifyDsse } from '@sallyport/crypto';
import { listAll, type ObjectStore, ObjectNotFound, readObject } from '@sallyport/object-store';
import { decodeManifest, type Manifest, recordingFolder } from '@sallyport/recording-format';
import type { ManifestFile } from '../src/recording/manifest-file.js';
import { readRecording } from '../src/recording/read-recording.js';
import { loadRecording } from '../src/recording/stored-recording.js';
import { publicKeyPem } from './a-recorder.js';

/** Reads everything that a reader sees of a session, concatenated. */
export async function readAll({ store, manifests }: { store: ObjectStore; manifests: ManifestFile }, sessionId: string): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const frame of readRecording(store, manifests, await loadRecording(store, manifests, sessionId))) pieces.push(frame.bytes);
  return Buffer.concat(pieces);
}

/** Returns the kinds of a session's objects, in order. */
export async function namesOf(store: ObjectStore, sessionId: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { key } of listAll(store, recordingFolder(sessionId))) names.push(key.slice(recordingFolder(sessionId).length));
  return names;
}

/** Returns the verified manifest, straight from the store. */
export async function manifestOf(store: ObjectStore, sessionId: string): Promise<Manifest | undefined> {
  try {
    return decodeManifest(verifyDsse(await readObject(store, `${recordingFolder(sessionId)}manifest.json`), publicKeyPem).payload);
  } catch (error) {
    if (error instanceof ObjectNotFound) return undefined;
    throw error;
  }
}
