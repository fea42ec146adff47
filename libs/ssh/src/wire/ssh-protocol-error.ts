import { DisconnectReason } from './disconnect-reason.js';

/**
 * The peer violated the protocol, or the two sides cannot continue. The connection ends with SSH_MSG_DISCONNECT and `reason` (RFC 4253
 * §11.1).
 * The peer receives the message, so it never contains a secret or plaintext.
 */
export class SshProtocolError extends Error {
  override readonly name = 'SshProtocolError';

  /**
   * @param reason code for SSH_MSG_DISCONNECT.
   * @param message one line in English, safe to send to the peer.
   */
  constructor(
    readonly reason: DisconnectReason,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** Returns the error for a malformed or unexpected message: SSH_DISCONNECT_PROTOCOL_ERROR. */
  static malformed(message: string): SshProtocolError {
    return new SshProtocolError(DisconnectReason.PROTOCOL_ERROR, message);
  }

  /** Returns the error for a packet whose integrity check failed: SSH_DISCONNECT_MAC_ERROR. */
  static badMac(): SshProtocolError {
    return new SshProtocolError(DisconnectReason.MAC_ERROR, 'Corrupted packet: the integrity check failed');
  }

  /** Returns the error for a key exchange that cannot succeed: SSH_DISCONNECT_KEY_EXCHANGE_FAILED. */
  static keyExchange(message: string, options?: ErrorOptions): SshProtocolError {
    return new SshProtocolError(DisconnectReason.KEY_EXCHANGE_FAILED, message, options);
  }
}
