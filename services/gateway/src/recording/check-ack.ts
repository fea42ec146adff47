import type { Ack, Rejection } from '@sallyport/proto-gen/recording/v1/ingest';

/** Frames that the gateway has sent: the number of the last frame, and the link of the frame that the recorder names, if it is still held. */
export interface SentFrames {
  readonly lastSeq: bigint;
  readonly link: Buffer | undefined;
}

/** Returns the refusal of an acknowledgement of frames that were not sent; undefined for a right one. */
export function checkAck({ sessionId, durableSeq, link }: Ack, sent: SentFrames): Rejection | undefined {
  if (durableSeq > sent.lastSeq)
    return {
      sessionId,
      code: 'RECORDING_CHAIN_BROKEN',
      message: `the recorder says that it stored frame ${durableSeq}, and ${sent.lastSeq} were sent`,
    };
  if (sent.link === undefined || link.length === 0 || sent.link.equals(link)) return undefined;
  return {
    sessionId,
    code: 'RECORDING_CHAIN_BROKEN',
    message: `the recorder stored other frames than those that were sent: the hash chain at frame ${durableSeq} is another`,
  };
}
