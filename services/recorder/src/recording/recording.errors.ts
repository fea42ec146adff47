import { AppError } from '@sallyport/errors';

/** Nothing is stored under this session id. */
export class RecordingNotFound extends AppError {
  readonly code = 'RECORDING_NOT_FOUND';
  readonly kind = 'not_found';
  constructor(sessionId: string) {
    super(`There is no recording of session "${sessionId}"`, { session: sessionId });
  }
}

/** A text that can't be a session id. */
export class SessionIdInvalid extends AppError {
  readonly code = 'SESSION_ID_INVALID';
  readonly kind = 'invalid';
  constructor(sessionId: string) {
    super(`"${sessionId.slice(0, 200)}" is not a session id`);
  }
}

/** The recording has no manifest yet, and what was asked for needs one. */
export class RecordingNotClosed extends AppError {
  readonly code = 'RECORDING_NOT_CLOSED';
  readonly kind = 'conflict';
  constructor(sessionId: string) {
    super(`The recording of session "${sessionId}" is not closed yet; read its frames or its asciicast, or come back later`, {
      session: sessionId,
    });
  }
}

/** No such channel in this recording. */
export class ChannelNotFound extends AppError {
  readonly code = 'RECORDING_CHANNEL_NOT_FOUND';
  readonly kind = 'not_found';
  constructor(sessionId: string, channel: number) {
    super(
      channel === 0
        ? `The recording of session "${sessionId}" has no channel yet`
        : `The recording of session "${sessionId}" has no channel ${channel}`,
      {
        session: sessionId,
        channel,
      },
    );
  }
}

/** A stored object does not hold what its name or the manifest says. */
export class RecordingDamaged extends AppError {
  readonly code = 'RECORDING_DAMAGED';
  readonly kind = 'bug';
  constructor(
    readonly objectName: string,
    sessionId: string,
    why: string,
    cause?: unknown,
  ) {
    super(
      `The recording of session "${sessionId}" is damaged: object "${objectName}": ${why}`,
      { session: sessionId, object: objectName },
      { cause },
    );
  }
}
