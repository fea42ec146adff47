import { AppError } from '@sallyport/errors';
import { resourceErrors } from '../../resource/index.js';

export const { notFound: sessionNotFound } = resourceErrors({ code: 'SESSION', noun: 'session' });

/** The session is closed already. */
export class SessionEnded extends AppError {
  readonly code = 'SESSION_ENDED';
  readonly kind = 'conflict';
  constructor(sessionId: string, state: string) {
    super(`Session "${sessionId}" has ended before (${state}): there is nothing left to end`, { session: sessionId, state });
  }
}

/** PostgreSQL refuses the end that a gateway reports; a second try would fail too. */
export class SessionEndRefused extends AppError {
  readonly code = 'SESSION_END_REFUSED';
  readonly kind = 'invalid';
  constructor(sessionId: string, cause: unknown) {
    super(
      `The end of session "${sessionId}" can't be stored as it was reported; the session will be closed as lost`,
      { session: sessionId },
      { cause },
    );
  }
}

/** The recorder has nothing of the session. */
export class RecordingNotFound extends AppError {
  readonly code = 'RECORDING_NOT_FOUND';
  readonly kind = 'not_found';
  constructor(sessionId: string) {
    super(`Session "${sessionId}" has no recording: it ended before anything was recorded, or its recording was deleted`, {
      session: sessionId,
    });
  }
}

/** The stored recording is not the one that was recorded. */
export class RecordingAltered extends AppError {
  readonly code = 'RECORDING_ALTERED';
  readonly kind = 'conflict';
  constructor(
    sessionId: string,
    readonly why: string,
    cause?: unknown,
  ) {
    super(
      `The stored recording of session "${sessionId}" was altered and is not shown: ${why}. Find what was changed with \`sallyport verify\`.`,
      { session: sessionId },
      { cause },
    );
  }
}

/** The recording has no manifest yet. */
export class RecordingNotClosed extends AppError {
  readonly code = 'RECORDING_NOT_CLOSED';
  readonly kind = 'conflict';
  constructor(sessionId: string) {
    super(
      `The recording of session "${sessionId}" is not closed yet, so it has no signed proof: ask again once the session has ended, or take format=native or asciicast`,
      { session: sessionId },
    );
  }
}

/** The recording has no channel of that number. */
export class ReplayChannelNotFound extends AppError {
  readonly code = 'REPLAY_CHANNEL_NOT_FOUND';
  readonly kind = 'not_found';
  constructor(sessionId: string, channel: number, channels: readonly number[]) {
    const has = channels.length === 0 ? 'it has none' : `it has ${channels.join(', ')}`;
    super(`The recording of session "${sessionId}" has no channel ${channel}: ${has}`, {
      session: sessionId,
      channels: channels.join(', '),
    });
  }
}

/** The requested part of a recording is not possible. */
export class ReplayRangeInvalid extends AppError {
  readonly code = 'REPLAY_RANGE_INVALID';
  readonly kind = 'invalid';
}

/** The recorder can't be reached. */
export class RecorderUnavailable extends AppError {
  readonly code = 'RECORDER_UNAVAILABLE';
  readonly kind = 'unavailable';
  constructor(cause: unknown) {
    super("The recorder can't be reached, so recordings can't be read now. Nothing is lost: try again in a minute.", {}, { cause });
  }
}
