import { AppError } from '@sallyport/errors';
import { ConnectionLost, DisconnectReason, LocalDisconnect, PeerDisconnected, SshProtocolError } from '@sallyport/ssh';

/** The address is not reached, or its SSH server does not answer. */
export class DialFailed extends AppError {
  readonly code = 'DIAL_FAILED';
  readonly kind = 'unavailable';
}

/** The server did not accept the account's credential. */
export class LoginRejected extends AppError {
  readonly code = 'LOGIN_REJECTED';
  readonly kind = 'forbidden';
}

/** The peer does not open a channel, or is gone. */
export class ChannelOpenRefused extends AppError {
  readonly code = 'CHANNEL_OPEN_REFUSED';
  readonly kind = 'unavailable';

  constructor(
    message: string,
    /** The peer's reason. */
    readonly reason: 'prohibited' | 'connect-failed' | 'unknown-type' | 'shortage',
    options: ErrorOptions,
  ) {
    super(message, { reason }, options);
  }
}

/** A key file that can't be used. */
export class KeyUnusable extends AppError {
  readonly code = 'KEY_UNUSABLE';
  readonly kind = 'invalid';
}

/** Returns true if a connection ended by an error of this program, not of the network or the peer. */
export const isInternalError = (cause: Error): boolean =>
  ![ConnectionLost, LocalDisconnect, PeerDisconnected, SshProtocolError].some((kind) => cause instanceof kind);

/** Returns true if a connection ended because its peer stopped answering: keepalives, or the system's own resends. */
export const isUnresponsive = (cause: Error): boolean =>
  (cause instanceof LocalDisconnect && cause.reason === DisconnectReason.CONNECTION_LOST) ||
  (cause instanceof ConnectionLost && (cause.cause as NodeJS.ErrnoException | undefined)?.code === 'ETIMEDOUT');

/** Returns true if a connection ended as usual: one side sent DISCONNECT or closed its socket. */
export const isOrderly = (reason: Error): boolean =>
  (reason instanceof LocalDisconnect && !isUnresponsive(reason)) ||
  (reason instanceof PeerDisconnected && reason.reason === DisconnectReason.BY_APPLICATION) ||
  (reason instanceof ConnectionLost && reason.cause === undefined);
