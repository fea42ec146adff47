import type { Clock } from '@sallyport/context';
import { HashChain } from '@sallyport/crypto';
import type { ObjectStore } from '@sallyport/object-store';
import { lastLink, type Manifest, recordingFolder } from '@sallyport/recording-format';
import type { Logger } from '@sallyport/telemetry';
import type { ManifestFile } from '../recording/manifest-file.js';
import { newFrameChain } from '../recording/recorder-seal.js';
import type { StoredPart } from '../recording/stored-part.js';
import { isGone } from '../recording/read-piece.js';
import { RecordingDamaged } from '../recording/recording.errors.js';
import { isComplete, loadRecording, type StoredRecording } from '../recording/stored-recording.js';
import { itemsToMerge } from './items-to-merge.js';
import { mergeParts } from './merge-parts.js';
import { newManifest } from './new-manifest.js';
import { Semaphore } from './semaphore.js';

/** Most times that a close starts again because another recorder closed at the same time. */
const ROUNDS = 6;
/** Closes at once: each holds a part in memory. */
const AT_ONCE = 2;

/** Collaborators that close recordings. */
export interface CloseDeps {
  readonly store: ObjectStore;
  readonly manifests: ManifestFile;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Largest part; each running close holds one in memory. */
  readonly partBytes: number;
}

/**
 * Closes recordings: merges what is stored into parts, writes the signed manifest, then removes the segments that the parts replace.
 *
 * The order matters. Nothing is removed before a manifest that covers it has been read back. Objects are never changed under their name,
 * and every step can be repeated. So a crash anywhere leaves a recording that a second close completes. Two recorders that close the same
 * one at the same time agree in the end.
 */
export class CloseRecording {
  private readonly turns = new Semaphore(AT_ONCE);

  constructor(private readonly deps: CloseDeps) {}

  /**
   * Closes a recording. Returns the manifest that now covers every stored frame, or undefined if nothing is stored. A recording that its
   * gateway closed stays as it is. Parts that the caller has stored itself are not read again. Throws errors of the store: call again.
   */
  close(sessionId: string, known: readonly StoredPart[] = []): Promise<Manifest | undefined> {
    return this.turns.run(() => this.untilAgreed(sessionId, known));
  }

  private async untilAgreed(sessionId: string, known: readonly StoredPart[]): Promise<Manifest | undefined> {
    const damaged = new Set<string>();
    for (let round = 0; round < ROUNDS; round++) {
      const recording = await loadRecording(this.deps.store, this.deps.manifests, sessionId, damaged);
      if (recording.lastSeq === 0n) return undefined;
      const manifest = recording.closed?.manifest;
      if (manifest !== undefined && isComplete(recording)) {
        await this.removeReplaced(recording, manifest);
        return manifest;
      }
      await this.writeNext(recording, known).catch((error: unknown) => this.retryOrThrow(error, damaged));
    }
    throw new Error(`the recording of session ${sessionId} changes while it is closed`);
  }

  /**
   * Returns for another round, or throws. A vanished segment means that another recorder closed. A damaged one is left out: the frames that
   * only it had are missing from the manifest, not from the store.
   */
  private retryOrThrow(error: unknown, damaged: Set<string>): void {
    if (isGone(error)) return;
    if (!(error instanceof RecordingDamaged) || damaged.has(error.objectName)) throw error;
    this.deps.logger.error({ err: error }, 'a stored segment is damaged; the recording is closed without it and the segment is kept');
    damaged.add(error.objectName);
  }

  private async writeNext(recording: StoredRecording, known: readonly StoredPart[]): Promise<void> {
    const { store, manifests, clock, partBytes } = this.deps;
    const { sessionId } = recording;
    const { seals } = manifests;
    // A manifest of version 1 has no links: its frames are merged again, to the same parts.
    const link = recording.closed && lastLink(recording.closed.manifest);
    const old = link === undefined ? undefined : recording.closed?.manifest;
    const fromSeq = BigInt(old?.last_seq ?? 0) + 1n;
    const chain = link === undefined ? newFrameChain(sessionId) : new HashChain(Buffer.from(link, 'hex'));
    const items = itemsToMerge({ store, seals, sessionId }, recording, fromSeq, known);
    const merged = await mergeParts({ store, sessionId, partBytes, chain, seals }, items);
    const manifest = newManifest(
      {
        sessionId,
        parts: [...(old?.parts ?? []), ...merged.parts],
        channels: [...(old?.channels ?? []), ...merged.channels],
        lastUs: Math.max(old?.duration_us ?? 0, merged.lastUs),
        lastKind: merged.lastKind,
      },
      clock.now(),
      recording.newest,
    );
    await manifests.write(manifest, recording.newest);
  }

  private async removeReplaced(recording: StoredRecording, manifest: Manifest): Promise<void> {
    const named = new Set(manifest.parts.map((part) => part.name));
    for (const piece of recording.all) {
      if (named.has(piece.name) || piece.lastSeq > BigInt(manifest.last_seq)) continue;
      // A part that is not named stays: another recorder may be about to name it. There are few.
      if (piece.kind === 'part') continue;
      await this.deps.store.delete(recordingFolder(recording.sessionId) + piece.name);
    }
  }
}
