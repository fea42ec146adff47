import { AppError } from '@sallyport/errors';

/** Core answered with a grant that lacks a required part. */
export class GrantUnreadable extends AppError {
  readonly code = 'GRANT_UNREADABLE';
  readonly kind = 'bug';
}

/** The asset presented a key that is not the pinned one. */
export class HostKeyChanged extends AppError {
  readonly code = 'HOST_KEY_CHANGED';
  readonly kind = 'forbidden';
}

/** The asset presented a first key, and this installation pins none by itself. */
export class HostKeyUnknown extends AppError {
  readonly code = 'HOST_KEY_UNKNOWN';
  readonly kind = 'forbidden';
}

/** Core did not answer whether the key is trusted. Without its answer no credential is sent. */
export class HostKeyUnjudged extends AppError {
  readonly code = 'HOST_KEY_UNJUDGED';
  readonly kind = 'unavailable';
}

/** The session has ended: it opens no channels. */
export class SessionOver extends AppError {
  readonly code = 'SESSION_OVER';
  readonly kind = 'conflict';
}
