import { HashChain } from '@sallyport/crypto';
import { type ObjectStore, readObject } from '@sallyport/object-store';
import { lastLink, recordingFolder } from '@sallyport/recording-format';
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
    const link = lastLink(closed.manifest);
    return link === undefined ? readWhole(store, manifests, recording) : new HashChain(Buffer.from(link, 'hex'));
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
