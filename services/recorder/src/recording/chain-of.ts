import { HashChain } from '@sallyport/crypto';
import { type ObjectStore, readObject } from '@sallyport/object-store';
import { MANIFEST_VERSION, recordingFolder } from '@sallyport/recording-format';
import type { ManifestFile } from './manifest-file.js';
import { readRecording } from './read-recording.js';
import { newFrameChain } from './recorder-seal.js';
import type { StoredRecording } from './stored-recording.js';

/**
 * Returns the chain up to the last stored frame: from the manifest, or from the seal of the last piece. Throws RecordingDamaged if the piece was
 * changed.
 */
export async function chainOf(
  { store, manifests }: { readonly store: ObjectStore; readonly manifests: ManifestFile },
  recording: StoredRecording,
): Promise<HashChain> {
  const { sessionId, lastSeq, closed, pieces } = recording;
  const last = pieces.at(-1);
  if (last === undefined) return newFrameChain(sessionId);
  if (closed !== undefined && BigInt(closed.manifest.last_seq) === lastSeq) {
    if (closed.manifest.version === MANIFEST_VERSION) return new HashChain(Buffer.from(closed.manifest.parts.at(-1)!.chain, 'hex'));
    return readWhole(store, manifests, recording);
  }
  const object = await readObject(store, recordingFolder(sessionId) + last.name);
  return new HashChain(manifests.seals.open(sessionId, last, object).linkAfter);
}

/** Reads a recording of version 1, whose manifest has no links. */
async function readWhole(store: ObjectStore, manifests: ManifestFile, recording: StoredRecording): Promise<HashChain> {
  const chain = newFrameChain(recording.sessionId);
  for await (const frame of readRecording(store, manifests, recording)) chain.add(frame.bytes);
  return chain;
}
