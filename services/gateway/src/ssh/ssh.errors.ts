import { AppError } from '@sallyport/errors';
import { ProtocolViolation } from './wire/index.js';

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

/** Whether a connection ended by an error in this program, not by the network (errors with a code) or by what the peer sent (ssh2's have a level). */
export const isOurFault = (cause: Error): boolean => !(cause instanceof ProtocolViolation) && !('code' in cause) && !('level' in cause) && !PLAIN.has(cause.constructor);

/** Plain errors are ssh2's and our own words about a peer. */
const PLAIN: ReadonlySet<unknown> = new Set([Error]);
