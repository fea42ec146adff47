import type { Clock } from '@sallyport/context';
import type { CloseRecording } from '@sallyport/proto-gen/recording/v1/ingest';
import { FrameKind } from '@sallyport/recording-format';
import type { SegmentWriter } from '../ingest/segment-writer.js';
import type { ManifestFile } from '../recording/manifest-file.js';
import type { StoredPart } from '../recording/stored-part.js';
import { newManifest } from './new-manifest.js';

/** Collaborators that close a recording in one step. */
export interface CloseWholeDeps {
  readonly manifests: ManifestFile;
  readonly clock: Clock;
}

/**
 * Stores and closes a recording of which nothing is stored yet: one part and the manifest that names it, as the first objects of its folder.
 * Nothing is looked up before nor read back: nothing is removed, and the store replaces nothing. Returns false if the recording has to be closed
 * the long way: it is longer, its last frame or its chain is not what the gateway said, or the store has something of it or failed.
 */
export function closeWhole({ manifests, clock }: CloseWholeDeps, writer: SegmentWriter, { lastSeq, link }: End): Promise<boolean> {
  return writer.storeWhole(({ part, facts }, sessionId) => {
    if (!isAsSent({ part, facts }, lastSeq, link)) return undefined;
    return manifests.signed(newManifest({ sessionId, parts: [part], ...facts }, clock.now()));
  });
}

type End = Pick<CloseRecording, 'lastSeq' | 'link'>;

function isAsSent({ part, facts }: Pick<StoredPart, 'part' | 'facts'>, lastSeq: bigint, link: Buffer): boolean {
  const isLinked = link.length === 0 || link.toString('hex') === part.chain;
  return isLinked && BigInt(part.last_seq) === lastSeq && facts.lastKind === FrameKind.end;
}
