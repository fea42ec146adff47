import type { DescribeResponse } from '@sallyport/proto-gen/recording/v1/playback';
import { RecordingAltered } from './session.errors.js';
import type { Session } from './session.repository.js';

/**
 * Compares a closed recording with what the session's gateway reported. Throws RecordingAltered for frames that the gateway did not send. A
 * shorter recording passes: its last frames may still be on their way, or in the spool of a gateway.
 */
export function checkRecording(session: Session, { closed, lastSeq, link }: DescribeResponse): void {
  // The gateway of a lost session may have sent frames after its last report.
  if (!closed || session.lastSeq === null || session.state === 'lost' || session.state === 'active') return;
  if (lastSeq > session.lastSeq) throw new RecordingAltered(session.id, `it has ${lastSeq} frames, the gateway sent ${session.lastSeq}`);
  const isKnown = lastSeq === session.lastSeq && session.recordingLink !== null && link.length > 0;
  if (isKnown && link.toString('hex') !== session.recordingLink)
    throw new RecordingAltered(session.id, 'its frames are not those that the gateway sent: their hash chain is another');
}
