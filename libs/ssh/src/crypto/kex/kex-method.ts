/**
 * Key exchange methods. All of them fit two messages (RFC 4253 §8, RFC 5656 §4, RFC 8731, draft-ietf-sshm-mlkem-hybrid-kex):
 *
 *     client → server   byte 30, clientValue
 *     server → client   byte 31, string host key blob, serverValue, string signature of H
 *
 * `clientValue` and `serverValue` are `string` or `mpint` fields; both start with a length, so the engine reads them with
 * `readString`, hashes the same bytes and writes them with `writeString`.
 */

/** Hash of a key exchange method, by its name in node:crypto. */
export type KexHash = 'sha1' | 'sha256' | 'sha384' | 'sha512';

/** Names of key exchange methods as they are negotiated. */
export type KexName =
  | 'mlkem768x25519-sha256'
  | 'curve25519-sha256'
  | 'curve25519-sha256@libssh.org'
  | 'ecdh-sha2-nistp256'
  | 'ecdh-sha2-nistp384'
  | 'diffie-hellman-group16-sha512'
  | 'diffie-hellman-group14-sha256'
  | 'diffie-hellman-group14-sha1'
  | 'diffie-hellman-group1-sha1';

/** The client's half of a key exchange: send `clientValue`, then call `finish` once with the server's value. */
export interface KexClient {
  /** Content of the field to send, without its length. */
  readonly clientValue: Buffer;
  /**
   * Returns the shared secret K as it enters the hashes, length included: an mpint, or a string for hybrid methods.
   * @param serverValue content of the server's field.
   * Rejects with SshProtocolError KEY_EXCHANGE_FAILED for a value that is malformed, out of range or of low order.
   */
  finish(serverValue: Buffer): Promise<Buffer>;
}

/** The server's half of a key exchange, completed in one step. */
export interface KexServerResult {
  /** Content of the field to send, without its length. */
  readonly serverValue: Buffer;
  /** K as {@link KexClient.finish} returns it. */
  readonly encodedSecret: Buffer;
}

/** One key exchange method, for both roles. It is stateless. Computations that take longer than 0.3 ms run on the thread pool. */
export interface KexMethod {
  readonly name: KexName;
  readonly hash: KexHash;
  /** Offered only in the client role, to assets whose platform requires it. */
  readonly isLegacy: boolean;
  /** Milliseconds of processor time that one side spends, on a usual core. */
  readonly price: number;
  startClient(): Promise<KexClient>;
  /**
   * Returns the server's value and K. Rejects with SshProtocolError (KEY_EXCHANGE_FAILED) for a client value that is malformed, out of
   * range or of low order.
   */
  answerClient(clientValue: Buffer): Promise<KexServerResult>;
}
