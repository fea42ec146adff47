import { AppError } from '@sallyport/errors';

/** No SSH server answered at that address. */
export class DialFailed extends AppError {
  readonly code = 'DIAL_FAILED';
  readonly kind = 'unavailable';
}

/** The server did not take the account's credential. */
export class LoginRejected extends AppError {
  readonly code = 'LOGIN_REJECTED';
  readonly kind = 'forbidden';
}

/** The connection went away. */
export class SshConnectionClosed extends AppError {
  readonly code = 'SSH_CONNECTION_CLOSED';
  readonly kind = 'unavailable';
}

/** The peer opens no channel. */
export class ChannelOpenRefused extends AppError {
  readonly code = 'CHANNEL_OPEN_REFUSED';
  readonly kind = 'unavailable';
}

/** A key file that can't be used. */
export class KeyUnusable extends AppError {
  readonly code = 'KEY_UNUSABLE';
  readonly kind = 'invalid';
}
