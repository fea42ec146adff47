import { HashChain } from '@sallyport/crypto';
import type { ObjectStore } from '@sallyport/object-store';
import { EndReason } from '@sallyport/proto-gen/access/v1/session';
import type { RecordingAltered, SessionEnded } from '@sallyport/proto-gen/session/v1/session_event';
import { lastLink } from '@sallyport/recording-format';
import type { ManifestFile } from '../recording/manifest-file.js';
import { readRecording } from '../recording/read-recording.js';
import { RecordingDamaged } from '../recording/recording.errors.js';
import { newFrameChain } from '../recording/recorder-seal.js';
import { loadRecording, type StoredRecording } from '../recording/stored-recording.js';

/** The store that a closed recording is read from. */
export interface CompareDeps {
  readonly store: ObjectStore;
  readonly manifests: ManifestFile;
}

/**
 * Compares a closed recording with the last frame that core knows of it. Returns the difference; undefined if there is none.
 *
 * Of a lost session core knows a frame that a recorder had stored, so a shorter recording lost frames since. Of any other session it knows the
 * last frame that was sent: the end of the recording may still wait in the spool of its gateway, but none may be added. `closed` is the recording
 * if its caller has read it.
 */
export async function compareWithCore(
  deps: CompareDeps,
  ended: SessionEnded,
  closed?: StoredRecording,
): Promise<RecordingAltered | undefined> {
  const { sessionId, lastSeq: knownSeq, link: knownLink } = ended;
  if (knownSeq === 0n || !deps.store.keepsData) return undefined;
  const altered: Omit<RecordingAltered, 'why'> = { sessionId, knownSeq, knownLink, foundSeq: 0n, foundLink: Buffer.alloc(0) };
  try {
    const recording = closed ?? (await loadRecording(deps.store, deps.manifests, sessionId));
    altered.foundSeq = BigInt(recording.closed?.manifest.last_seq ?? 0);
    if (altered.foundSeq >= knownSeq) altered.foundLink = await linkAt(deps, recording, knownSeq);
  } catch (error) {
    if (!(error instanceof RecordingDamaged)) throw error;
    return { ...altered, why: error.message };
  }
  const why = difference(ended, altered.foundSeq, altered.foundLink);
  return why === undefined ? undefined : { ...altered, why };
}

function difference({ lastSeq, link, reason }: SessionEnded, found: bigint, foundLink: Buffer): string | undefined {
  const isLost = reason === EndReason.LOST;
  if (found < lastSeq) return isLost ? `${lastSeq} frames were stored, it has ${found}: its end is missing` : undefined;
  if (link.length > 0 && !foundLink.equals(link))
    return `its frames up to ${lastSeq} are not those that were stored: their hash chain is another`;
  return found > lastSeq && !isLost ? `it has ${found} frames, the gateway sent ${lastSeq}: frames were added` : undefined;
}

/** Returns the link of a frame of a closed recording, from the nearest part that ends at or before it. */
async function linkAt({ store, manifests }: CompareDeps, recording: StoredRecording, seq: bigint): Promise<Buffer> {
  const manifest = recording.closed?.manifest;
  const isLinked = manifest !== undefined && lastLink(manifest) !== undefined;
  const before = isLinked ? manifest.parts.findLast(({ last_seq }) => BigInt(last_seq) <= seq) : undefined;
  const chain = before ? new HashChain(Buffer.from(before.chain, 'hex')) : newFrameChain(recording.sessionId);
  const from = BigInt(before?.last_seq ?? 0) + 1n;
  if (from > seq) return chain.head;
  for await (const frame of readRecording(store, manifests, recording, from)) {
    chain.add(frame.bytes);
    if (frame.seq === seq) break;
  }
  return chain.head;
}
