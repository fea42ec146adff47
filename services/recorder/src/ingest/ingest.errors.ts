import { AppError } from '@sallyport/errors';

/** A batch does not begin with the frame that it announces. */
export class BatchMislabelled extends AppError {
  readonly code = 'BATCH_MISLABELLED';
  readonly kind = 'invalid';
  constructor(sessionId: string, announced: bigint, found: bigint | undefined) {
    super(
      found === undefined
        ? `A batch of session "${sessionId}" is empty`
        : `A batch of session "${sessionId}" announces frame ${announced} and begins with frame ${found}`,
    );
  }
}

/** The metadata is another session's. */
export class SessionMismatch extends AppError {
  readonly code = 'RECORDING_SESSION_MISMATCH';
  readonly kind = 'invalid';
  constructor(sessionId: string, named: string | undefined) {
    super(
      named === undefined
        ? `Frame 1 of session "${sessionId}" is not its metadata`
        : `The metadata of session "${sessionId}" names session "${named}"`,
    );
  }
}

/** Frames or a close arrived for a session that this stream did not open. */
export class RecordingNotOpen extends AppError {
  readonly code = 'RECORDING_NOT_OPEN';
  readonly kind = 'invalid';
  constructor(sessionId: string) {
    super(`Session "${sessionId}" was not opened on this stream`);
  }
}

/** A close names frames that were not sent. */
export class CloseBeforeEnd extends AppError {
  readonly code = 'RECORDING_CLOSE_EARLY';
  readonly kind = 'invalid';
  constructor(sessionId: string, lastSeq: bigint, receivedSeq: bigint) {
    super(`Session "${sessionId}" is to be closed at frame ${lastSeq}, but only ${receivedSeq} frames came`);
  }
}
