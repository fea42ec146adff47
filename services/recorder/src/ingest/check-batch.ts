import { type Frame, FrameHole, FrameKind, decodeFrames, decodePayload } from '@sallyport/recording-format';
import type { FrameBatch } from '@sallyport/proto-gen/recording/v1/ingest';
import { BatchMislabelled, SessionMismatch } from './ingest.errors.js';

/**
 * The frames of a batch. Refuses (errors of kind `invalid`): a damaged frame, a hole within, a first frame that is not the one announced,
 * a first frame of the session that is another session's.
 */
export function checkBatch(batch: FrameBatch): Frame[] {
  const frames = decodeFrames(batch.frames);
  const [first] = frames;
  if (first === undefined) throw new BatchMislabelled(batch.sessionId, batch.firstSeq, undefined);
  if (first.seq !== batch.firstSeq) throw new BatchMislabelled(batch.sessionId, batch.firstSeq, first.seq);
  if (first.seq === 1n) checkFirst(first, batch.sessionId);
  return frames;
}

/** The frames that are new behind `receivedSeq`; those before are a resend's overlap. FrameHole when one is missing between. */
export function newFrames(frames: readonly Frame[], receivedSeq: bigint): Frame[] {
  const fresh = frames.filter((frame) => frame.seq > receivedSeq);
  const [first] = fresh;
  if (first !== undefined && first.seq !== receivedSeq + 1n) throw new FrameHole(receivedSeq + 1n, first.seq);
  return fresh;
}

function checkFirst(first: Frame, sessionId: string): void {
  const named = first.kind === FrameKind.session ? decodePayload(FrameKind.session, first.payload).session_id : undefined;
  if (named !== sessionId) throw new SessionMismatch(sessionId, named);
}
