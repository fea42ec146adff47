import { AppError } from '@sallyport/errors';

/** The gateway has not closed the recording yet and may still do so: the event comes again. */
export class RecordingStillOpen extends AppError {
  readonly code = 'RECORDING_STILL_OPEN';
  readonly kind = 'conflict';
  constructor(sessionId: string) {
    super(`The recording of session "${sessionId}" is not closed yet`, { session: sessionId });
  }
}
