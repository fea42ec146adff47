import { type Frame, FrameHole, FrameKind, decodeFrames, decodePayload } from '@sallyport/recording-format';
import type { FrameBatch } from '@sallyport/proto-gen/recording/v1/ingest';
import { BatchMislabelled, SessionMismatch } from './ingest.errors.js';

/**
 * Returns the frames of a batch. Throws an error of kind `invalid` for a damaged frame and for a hole.
 * Its first frame must be the announced one, and the first frame of a session must be that of the same session.
 */
export function checkBatch(batch: FrameBatch): Frame[] {
  const frames = decodeFrames(batch.frames);
  const [first] = frames;
  if (first === undefined) throw new BatchMislabelled(batch.sessionId, batch.firstSeq, undefined);
  if (first.seq !== batch.firstSeq) throw new BatchMislabelled(batch.sessionId, batch.firstSeq, first.seq);
  if (first.seq === 1n) checkFirst(first, batch.sessionId);
  return frames;
}

/** Returns the frames behind `receivedSeq`; those before are the overlap of a resend. Throws FrameHole if one is missing between. */
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
