import type { ObjectStore } from '@sallyport/object-store';
import { lastLink, type Manifest, MANIFEST_NAME } from '@sallyport/recording-format';
import type { RecordingAltered } from '@sallyport/proto-gen/session/v1/session_event';
import { RecordingDamaged } from '../recording/recording.errors.js';
import type { StoredPart } from '../recording/stored-part.js';
import type { CloseRecording } from './close-recording.js';
import type { ReportAltered } from './report-altered.js';

/** Collaborators that close what this recorder received. */
export interface CloseReceivedDeps {
  readonly store: Pick<ObjectStore, 'keepsData'>;
  readonly closing: CloseRecording;
  readonly report: ReportAltered;
}

/** Frames that this recorder has stored of a session. */
export interface ReceivedFrames {
  readonly durableSeq: bigint;
  readonly durableLink: Buffer;
  readonly parts: readonly StoredPart[];
}

/**
 * Closes a recording that this recorder received to its end. Returns true if no frame can follow.
 * Throws RecordingDamaged, after a report to core, if the store no longer has what was stored.
 */
export async function closeReceived(deps: CloseReceivedDeps, sessionId: string, received: ReceivedFrames): Promise<boolean> {
  const manifest = await deps.closing.close(sessionId, received.parts).catch(async (error: unknown) => {
    if (error instanceof RecordingDamaged) await deps.report(alteredTo(undefined, sessionId, received, error.message));
    throw error;
  });
  const why = deps.store.keepsData ? difference(manifest, received) : undefined;
  if (why === undefined) return manifest?.state === 'closed';
  await deps.report(alteredTo(manifest, sessionId, received, why));
  throw new RecordingDamaged(MANIFEST_NAME, sessionId, why);
}

function difference(manifest: Manifest | undefined, { durableSeq, durableLink }: ReceivedFrames): string | undefined {
  const found = BigInt(manifest?.last_seq ?? 0);
  if (found < durableSeq) return `${durableSeq} frames were stored, ${found} are there at the close: the others were removed or changed`;
  const link = manifest && lastLink(manifest);
  if (found > durableSeq || link === undefined || link === durableLink.toString('hex')) return undefined;
  return `its frames up to ${durableSeq} are not those that were stored: their hash chain is another`;
}

function alteredTo(manifest: Manifest | undefined, sessionId: string, received: ReceivedFrames, why: string): RecordingAltered {
  const { durableSeq: knownSeq, durableLink: knownLink } = received;
  const foundSeq = BigInt(manifest?.last_seq ?? 0);
  const foundLink = foundSeq === knownSeq ? Buffer.from((manifest && lastLink(manifest)) ?? '', 'hex') : Buffer.alloc(0);
  return { sessionId, why, knownSeq, knownLink, foundSeq, foundLink };
}
