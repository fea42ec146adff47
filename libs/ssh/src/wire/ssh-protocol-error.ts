import { DisconnectReason } from './disconnect-reason.js';

/**
 * The peer broke the protocol, or the two sides cannot go on. The connection ends with SSH_MSG_DISCONNECT and `reason`
 * (RFC 4253 §11.1); the message is in the peer's words' reach, so it never carries a secret or plaintext.
 */
export class SshProtocolError extends Error {
  override readonly name = 'SshProtocolError';

  /** @param reason code for SSH_MSG_DISCONNECT; @param message English, one line, safe to send to the peer. */
  constructor(
    readonly reason: DisconnectReason,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** A malformed or misplaced message: SSH_DISCONNECT_PROTOCOL_ERROR. */
  static malformed(message: string): SshProtocolError {
    return new SshProtocolError(DisconnectReason.PROTOCOL_ERROR, message);
  }

  /** A packet whose integrity check failed: SSH_DISCONNECT_MAC_ERROR. */
  static badMac(): SshProtocolError {
    return new SshProtocolError(DisconnectReason.MAC_ERROR, 'Corrupted packet: the integrity check failed');
  }

  /** A key exchange that cannot succeed: SSH_DISCONNECT_KEY_EXCHANGE_FAILED. */
  static keyExchange(message: string, options?: ErrorOptions): SshProtocolError {
    return new SshProtocolError(DisconnectReason.KEY_EXCHANGE_FAILED, message, options);
  }
}
