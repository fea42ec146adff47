import { AppError } from '@sallyport/errors';
import { ConnectionLost, DisconnectReason, LocalDisconnect, PeerDisconnected, SshProtocolError } from '@sallyport/ssh';

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

/** The peer opens no channel, or is gone. */
export class ChannelOpenRefused extends AppError {
  readonly code = 'CHANNEL_OPEN_REFUSED';
  readonly kind = 'unavailable';
}

/** A key file that can't be used. */
export class KeyUnusable extends AppError {
  readonly code = 'KEY_UNUSABLE';
  readonly kind = 'invalid';
}

/** Whether a connection ended by an error in this program, not by the network or by what the peer sent. */
export const isOurFault = (cause: Error): boolean =>
  ![ConnectionLost, LocalDisconnect, PeerDisconnected, SshProtocolError].some((kind) => cause instanceof kind);

/** Whether a connection ended as connections do: one side said goodbye or closed its socket. */
export const isOrderly = (reason: Error): boolean =>
  reason instanceof LocalDisconnect ||
  (reason instanceof PeerDisconnected && reason.reason === DisconnectReason.BY_APPLICATION) ||
  (reason instanceof ConnectionLost && reason.cause === undefined);
