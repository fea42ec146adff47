/**
 * Key exchange methods. All of them fit two messages (RFC 4253 §8, RFC 5656 §4, RFC 8731, draft-ietf-sshm-mlkem-hybrid-kex):
 *
 *     client → server   byte 30, clientValue
 *     server → client   byte 31, string host key blob, serverValue, string signature of H
 *
 * `clientValue` and `serverValue` are `string` or `mpint` fields; both have the same outer form, so the engine reads them with
 * `readString`, hashes the very bytes and writes them with `writeString`.
 */

/** Hash of a key exchange method, as node:crypto names it. */
export type KexHash = 'sha1' | 'sha256' | 'sha384' | 'sha512';

/** Key exchange method names as negotiated. */
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

/** The client's half: sends `clientValue`, then `finish`es with the server's answer. One use. */
export interface KexClient {
  /** Content of the field to send, without its length. */
  readonly clientValue: Buffer;
  /**
   * @param serverValue content of the server's field.
   * @returns the shared secret K, encoded as it enters the hashes: an mpint, or a string for hybrid methods, length included.
   * @throws SshProtocolError KEY_EXCHANGE_FAILED on a value that is malformed, out of range or of low order.
   */
  finish(serverValue: Buffer): Buffer;
}

/** The server's half, done in one step. */
export interface KexServerResult {
  /** Content of the field to send, without its length. */
  readonly serverValue: Buffer;
  /** K as {@link KexClient.finish} returns it. */
  readonly encodedSecret: Buffer;
}

/** One key exchange method; stateless, both roles. */
export interface KexMethod {
  readonly name: KexName;
  readonly hash: KexHash;
  /** Offered only in the client role, to assets whose platform says so. */
  readonly isLegacy: boolean;
  startClient(): KexClient;
  /** @throws SshProtocolError KEY_EXCHANGE_FAILED on a client value that is malformed, out of range or of low order. */
  answerClient(clientValue: Buffer): KexServerResult;
}
