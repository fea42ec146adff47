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

/** Frames came for a recording that its gateway has closed. */
export class RecordingClosed extends AppError {
  readonly code = 'RECORDING_CLOSED';
  readonly kind = 'invalid';
  constructor(sessionId: string) {
    super(`The recording of session "${sessionId}" is closed and signed; no frame can be added to it`);
  }
}

/** The frames that are stored are not those that the gateway sent. */
export class ChainBroken extends AppError {
  readonly code = 'RECORDING_CHAIN_BROKEN';
  readonly kind = 'invalid';
  constructor(sessionId: string, lastSeq: bigint) {
    super(
      `The stored recording of session "${sessionId}" differs from the one that its gateway sent: the hash chain at frame ${lastSeq} is another`,
    );
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
