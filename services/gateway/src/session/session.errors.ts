import { AppError } from '@sallyport/errors';

/** Core answered with a grant that lacks what every grant has. */
export class GrantUnreadable extends AppError {
  readonly code = 'GRANT_UNREADABLE';
  readonly kind = 'bug';
}

/** The asset presented a key that is not the pinned one. */
export class HostKeyChanged extends AppError {
  readonly code = 'HOST_KEY_CHANGED';
  readonly kind = 'forbidden';
}

/** Core could not say whether the key is the right one; without its word no credential leaves. */
export class HostKeyUnjudged extends AppError {
  readonly code = 'HOST_KEY_UNJUDGED';
  readonly kind = 'unavailable';
}

/** The session has ended; nothing can be opened in it. */
export class SessionOver extends AppError {
  readonly code = 'SESSION_OVER';
  readonly kind = 'conflict';
}
