import { AppError } from '@sallyport/errors';

/** Nothing is stored under this session id. */
export class RecordingNotFound extends AppError {
  readonly code = 'RECORDING_NOT_FOUND';
  readonly kind = 'not_found';
  constructor(sessionId: string) {
    super(`Session "${sessionId}" was not recorded`, { session: sessionId });
  }
}

/** The text can't be a session id. */
export class SessionIdInvalid extends AppError {
  readonly code = 'SESSION_ID_INVALID';
  readonly kind = 'invalid';
  constructor(sessionId: string) {
    super(`"${sessionId.slice(0, 200)}" is not a session id`);
  }
}

/** The request needs a manifest, and the recording is not closed yet. */
export class RecordingNotClosed extends AppError {
  readonly code = 'RECORDING_NOT_CLOSED';
  readonly kind = 'conflict';
  constructor(sessionId: string) {
    super(`The recording of session "${sessionId}" is not closed yet; read its frames or its asciicast, or come back later`, {
      session: sessionId,
    });
  }
}

/** The recording does not contain this channel. */
export class ChannelNotFound extends AppError {
  readonly code = 'RECORDING_CHANNEL_NOT_FOUND';
  readonly kind = 'not_found';
  constructor(sessionId: string, channel: number) {
    super(
      channel === 0
        ? `The recording of session "${sessionId}" contains no channel yet`
        : `The recording of session "${sessionId}" contains no channel ${channel}`,
      {
        session: sessionId,
        channel,
      },
    );
  }
}

/** A stored object does not contain what its name or the manifest states. */
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
